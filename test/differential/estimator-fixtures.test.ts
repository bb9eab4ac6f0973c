/** LightGBM's scikit-learn API in every serialization, with labels of every kind, against LightGBM 4.7: to the last bit. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayEstimator } from './estimator-recording.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_ESTIMATOR_RECORDINGS'] ??
  path.resolve(import.meta.dirname, '../fixtures/lightgbm-estimators');
const names = readdirSync(folder).filter((name) => name.endsWith('.gz'));

describe('recorded LightGBM estimators', () => {
  it.each(names)('%s', async (name) => {
    expect(await replayEstimator(path.join(folder, name))).toEqual([]);
  });
});
