/** Every loss, tree shape, kind of category and class, against CatBoost 1.2: to the last bit. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayCatboost } from './catboost-recording.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_CATBOOST_RECORDINGS'] ??
  path.resolve(import.meta.dirname, '../fixtures/catboost');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('recorded CatBoost models', () => {
  it.each(names)('%s', async (name) => {
    expect(await replayCatboost(path.join(folder, name))).toEqual([]);
  });
});
