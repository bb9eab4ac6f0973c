/** Damaged XGBoost files: a catalogue error or a model that scores, never a crash, a hang or gigabytes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ndArray } from '../../src/data/nd-array.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { xgboostReader } from '../../src/flavors/xgboost/index.ts';
import { savedModel } from '../differential/xgboost-recording.ts';
import { mutate, seededRandom } from './mutate.ts';

const count = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const fixtures = path.resolve(import.meta.dirname, '../fixtures/xgboost');
const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'));
const folder = mkdtempSync(path.join(tmpdir(), 'slipway-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const input = ndArray({ dtype: 'float64', values: new Float64Array(8) }, [2, 4]);

describe(`${count} damaged XGBoost files`, () => {
  it('get a catalogue error or a model', async () => {
    const random = seededRandom(20_260_101);
    let refusals = 0;
    for (let i = 0; i < count; i += 1) {
      const name = names[Math.floor(random() * names.length)] as string;
      const recording = JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as {
        file: string;
        class: string;
      };
      const damaged = mutate(Buffer.from(recording.file, 'base64'), random);
      writeFileSync(path.join(folder, 'model.any'), damaged);
      refusals += (await outcomeOf(recording.class)) === 'refused' ? 1 : 0;
    }
    expect(refusals).toBeGreaterThan(count / 10);
  }, 600_000);
});

async function outcomeOf(modelClass: string): Promise<'refused' | 'scored'> {
  try {
    const scorer = await xgboostReader.open(savedModel(folder, modelClass), { threads: 0 });
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
