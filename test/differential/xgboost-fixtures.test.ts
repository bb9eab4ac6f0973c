/** Every objective, booster, class and param, and files of older versions, against XGBoost 3.2: to the last bit. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayXgboost } from './xgboost-recording.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_XGBOOST_RECORDINGS'] ??
  path.resolve(import.meta.dirname, '../fixtures/xgboost');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('recorded XGBoost models', () => {
  it.each(names)('%s', async (name) => {
    expect(await replayXgboost(path.join(folder, name))).toEqual([]);
  });
});
