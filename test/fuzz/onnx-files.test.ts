/** Damaged ONNX files: a catalogue error or a model that scores, never a crash, a hang or gigabytes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PyValue } from '../../src/data/py-value.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { onnxReader } from '../../src/flavors/onnx/index.ts';
import { savedModel } from '../differential/onnx-recording.ts';
import { fromTagged, type Tagged } from '../differential/tagged-values.ts';
import { mutate, seededRandom } from './mutate.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';

const count = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const fixtures = path.resolve(import.meta.dirname, '../fixtures/onnx');
const folder = mkdtempSync(path.join(tmpdir(), 'slipway-fuzz-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Recording {
  readonly native: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly calls: readonly { readonly input: Tagged }[];
}

const recordings = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as Recording)
  .filter(({ native }) => native);

describe(`${count} damaged ONNX files`, () => {
  it('get a catalogue error or a model', async () => {
    const random = seededRandom(20_260_101);
    const outcomes = { refused: 0, opened: 0, scored: 0 };
    for (let i = 0; i < count; i += 1) {
      const recording = recordings[Math.floor(random() * recordings.length)] as Recording;
      for (const [name, content] of Object.entries(recording.files))
        writeFileSync(path.join(folder, name), Buffer.from(content, 'base64'));
      const original = Buffer.from(recording.files['model.onnx'] ?? '', 'base64');
      // Most with its structure in place: what only the checks of its content can find.
      const damage = random() < 0.2 ? mutate : mutateProtobuf;
      writeFileSync(path.join(folder, 'model.onnx'), damage(original, random));
      outcomes[await outcomeOf(recording)] += 1;
    }
    expect(outcomes.refused).toBeGreaterThan(count / 10);
    expect(outcomes.scored).toBeGreaterThan(count / 10);
    expect(process.memoryUsage().rss).toBeLessThan(2 * 2 ** 30);
  }, 600_000);
});

async function outcomeOf({ config, calls }: Recording): Promise<'refused' | 'opened' | 'scored'> {
  let outcome: 'refused' | 'opened' | 'scored' = 'refused';
  try {
    const scorer = await onnxReader.open(savedModel(folder, config), { threads: 1 });
    outcome = 'opened';
    try {
      for (const { input } of calls) {
        const value: PyValue = fromTagged(input);
        outcome = (await isAnswered(scorer.predict(value, null, new AbortController().signal)))
          ? 'scored'
          : outcome;
      }
    } finally {
      await scorer.close();
    }
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
  }
  return outcome;
}

async function isAnswered(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return false;
  }
}
