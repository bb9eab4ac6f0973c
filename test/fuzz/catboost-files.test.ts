/** Damaged CatBoost files, cbm and json: a catalogue error or a model that scores, never a crash, a hang or gigabytes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { frame } from '../../src/data/frame.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { openBytes } from '../differential/catboost-recording.ts';
import { mutate, seededRandom } from './mutate.ts';

const count = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const fixtures = path.resolve(import.meta.dirname, '../fixtures/catboost');
const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'));

interface Recording {
  readonly class: string;
  readonly format: string;
  readonly file: string;
}

const input = frame(
  Array.from({ length: 6 }, (_, i) => ({
    label: `f${i}`,
    data: { dtype: 'object', values: [1n, 0n, 1n] } as const,
  })),
);

const extremes = [0, 1, 4, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** Overwrites four bytes among those that are not text: sizes, offsets, indexes. */
function damageNumber(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let tries = 0; tries < 100; tries += 1) {
    const at = Math.floor(random() * Math.max(1, copy.length - 4));
    if (copy.length < at + 4 || !copy.subarray(at, at + 4).includes(0)) continue;
    copy.writeUInt32LE(extremes[Math.floor(random() * extremes.length)] as number, at);
    break;
  }
  return copy;
}

async function outcomeOf(bytes: Buffer, { class: modelClass, format }: Recording): Promise<string> {
  try {
    const scorer = await openBytes(bytes, modelClass, format);
    await scorer.predict(input, null, new AbortController().signal);
    await scorer.close();
    return 'scored';
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return error.code;
  }
}

describe(`${count} damaged CatBoost files`, () => {
  it('get a catalogue error or a model', async () => {
    const random = seededRandom(20_260_102);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < count; i += 1) {
      const name = names[Math.floor(random() * names.length)] as string;
      const recording = JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as Recording;
      const bytes = Buffer.from(recording.file, 'base64');
      const damaged =
        random() < 0.5 && recording.format === 'cbm'
          ? damageNumber(bytes, random)
          : mutate(bytes, random);
      const outcome = await outcomeOf(damaged, recording);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get('MODEL_FILE_INVALID')).toBeGreaterThan(count / 10);
    expect(outcomes.get('scored')).toBeGreaterThan(0);
    expect(process.memoryUsage.rss()).toBeLessThan(1.5e9);
  }, 600_000);
});
