/** Every objective, booster, missing rule and kind of tree, and every kind of input, against LightGBM 4.7: to the last bit. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayLightgbm } from './lightgbm-recording.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_LIGHTGBM_RECORDINGS'] ??
  path.resolve(import.meta.dirname, '../fixtures/lightgbm');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('recorded LightGBM models', () => {
  it.each(names)('%s', async (name) => {
    expect(await replayLightgbm(path.join(folder, name))).toEqual([]);
  });
});
