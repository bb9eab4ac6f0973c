/** Damaged files of LightGBM's scikit-learn API: a catalogue error or a model that scores. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ndArray } from '../../src/data/nd-array.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { lightgbmReader } from '../../src/flavors/lightgbm/index.ts';
import { estimatorModel } from '../differential/estimator-recording.ts';
import { mutate, seededRandom } from './mutate.ts';

const count = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const fixtures = path.resolve(import.meta.dirname, '../fixtures/lightgbm-estimators');
const recordings = readdirSync(fixtures).map((name) => {
  const text = gunzipSync(readFileSync(path.join(fixtures, name))).toString();
  return JSON.parse(text) as {
    readonly class: string;
    readonly format: string;
    readonly file: string;
  };
});
const folder = mkdtempSync(path.join(tmpdir(), 'slipway-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const input = ndArray({ dtype: 'float64', values: new Float64Array(8) }, [2, 4]);

describe(`${count} damaged files of LightGBM estimators`, () => {
  it('get a catalogue error or a model', async () => {
    const random = seededRandom(20_260_703);
    let refusals = 0;
    for (let i = 0; i < count; i += 1) {
      const recording = recordings[Math.floor(random() * recordings.length)]!;
      const damaged = mutate(Buffer.from(recording.file, 'base64'), random);
      writeFileSync(path.join(folder, 'model.any'), damaged);
      refusals += (await outcomeOf(recording)) === 'refused' ? 1 : 0;
    }
    expect(refusals).toBeGreaterThan(count / 10);
  }, 600_000);
});

async function outcomeOf(recording: {
  readonly class: string;
  readonly format: string;
}): Promise<'refused' | 'scored'> {
  try {
    const scorer = await lightgbmReader.open(estimatorModel(recording, folder), { threads: 0 });
    try {
      await scorer.predict(input, null, new AbortController().signal);
    } finally {
      await scorer.close();
    }
    return 'scored';
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return 'refused';
  }
}
