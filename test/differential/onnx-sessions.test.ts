/** Sessions of ONNX models: threads, concurrency, data files, refusals, and an installation without the library. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isNdArray, ndArray, type NdArray } from '../../src/data/nd-array.ts';
import { isPyDict, type PyValue } from '../../src/data/py-value.ts';
import type { onnxReader as reader } from '../../src/flavors/onnx/index.ts';
import { onnxReader } from '../../src/flavors/onnx/index.ts';
import { savedModel } from './onnx-recording.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'slipway-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const signal = new AbortController().signal;
const config = { data: 'model.onnx', providers: ['CPUExecutionProvider'] };

/** Writes the files of a fixture into the folder. */
function unpack(name: string, rename: (text: string) => string = (text) => text): void {
  const file = path.resolve(import.meta.dirname, `../fixtures/onnx/${name}.json`);
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as { files: Record<string, string> };
  for (const [part, content] of Object.entries(files)) {
    const bytes = Buffer.from(content, 'base64').toString('latin1');
    writeFileSync(path.join(folder, part), Buffer.from(rename(bytes), 'latin1'));
  }
}

function rows(count: number): NdArray {
  const values = Float32Array.from({ length: count * 4 }, (_, i) => Math.sin(i) * 3);
  return ndArray({ dtype: 'float32', values }, [count, 4]);
}

function outputOf(answer: PyValue, name: string): NdArray {
  const output = isPyDict(answer) ? answer.get(name) : undefined;
  if (!isNdArray(output)) throw new Error(`${name} is no array`);
  return output;
}

/** One that our own kernel runs, and one that the library runs. */
const models = ['sklearn-boosting', 'sklearn-network'] as const;

async function openModel(threads: number, name: string = models[1]): Promise<Scorer> {
  unpack(name);
  return onnxReader.open(savedModel(folder, config), { threads });
}

describe('an opened ONNX model', () => {
  it.each(models)('scores long batches beside the event loop, as short ones: %s', async (name) => {
    const scorer = await openModel(2, name);
    const many = rows(60_000);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const [long, short, again] = await Promise.all([
      scorer.predict(many, null, signal),
      scorer.predict(rows(3), null, signal),
      scorer.predict(many, null, signal),
    ]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    const values = outputOf(long, 'variable').data.values as Float32Array;
    expect(outputOf(again, 'variable').data.values).toEqual(values);
    expect(outputOf(short, 'variable').data.values).toEqual(values.slice(0, 3));
    expect(many.data.values).toHaveLength(240_000);
    await scorer.close();
    await scorer.close();
  });

  it.each(models)('does not start a long batch that nobody waits for: %s', async (name) => {
    const scorer = await openModel(2, name);
    const controller = new AbortController();
    const first = scorer.predict(rows(60_000), null, signal);
    const second = scorer.predict(rows(60_000), null, controller.signal);
    controller.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(outputOf(await first, 'variable').shape).toEqual([60_000, 1]);
    await scorer.close();
  });

  it('answers each of many small calls at once with its own numbers, whatever their sizes', async () => {
    const scorer = await openModel(1);
    const values = Float32Array.from({ length: 160 }, (_, i) => Math.cos(i) * 3);
    const all = await scorer.predict(
      ndArray({ dtype: 'float32', values: values.slice() }, [40, 4]),
      null,
      signal,
    );
    const expected = outputOf(all, 'variable').data.values as Float32Array;
    const parts = Array.from({ length: 36 }, (_, from) => ({ from, to: from + 1 + (from >> 3) }));
    const answers = await Promise.all(
      parts.map(({ from, to }) => {
        const part = { dtype: 'float32', values: values.slice(from * 4, to * 4) } as const;
        return scorer.predict(ndArray(part, [to - from, 4]), null, signal);
      }),
    );
    parts.forEach(({ from, to }, i) => {
      const given = outputOf(answers[i] as PyValue, 'variable').data.values as Float32Array;
      given.forEach((value, row) => expect(value).toBeCloseTo(expected[from + row] as number, 4));
      expect(given).toHaveLength(to - from);
    });
    await scorer.close();
  });

  it('names the input, the shape wanted and the shape given', async () => {
    const scorer = await openModel(1);
    const narrow = ndArray({ dtype: 'float32', values: new Float32Array(3) }, [1, 3]);
    await expect(scorer.predict(narrow, null, signal)).rejects.toThrow(
      'The input "X" wants the shape [any, 4] and was given [1, 3].',
    );
    await scorer.close();
  });

  it('says on one line that a provider is missing', async () => {
    unpack('sklearn-network');
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const providers = ['OddExecutionProvider', 'CPUExecutionProvider'];
    const scorer = await onnxReader.open(savedModel(folder, { ...config, providers }), {});
    await scorer.close();
    const lines = write.mock.calls.map(([text]) => text);
    write.mockRestore();
    expect(lines).toEqual([
      'slipway: warning: OddExecutionProvider: not in this build of onnxruntime-node; the ONNX model runs on the CPU\n',
    ]);
  });
});

describe('data files', () => {
  const assess = async (): Promise<unknown> => onnxReader.assess(savedModel(folder, config));

  it.each(['../data.bin', '/etc/passwd'])('must be inside the model folder: %s', async (name) => {
    unpack('external-data', (text) => text.replace('weights.bin', name));
    expect(await assess()).toMatchObject({
      canScore: false,
      reason: expect.stringContaining('outside'),
    });
  });

  it('must not be links that lead out of it', async () => {
    unpack('external-data');
    rmSync(path.join(folder, 'weights.bin'));
    symlinkSync('/etc/passwd', path.join(folder, 'weights.bin'));
    expect(await assess()).toMatchObject({
      canScore: false,
      reason: expect.stringContaining('outside'),
    });
    rmSync(path.join(folder, 'weights.bin'));
  });

  it('must be as long as the model says', async () => {
    unpack('external-data');
    writeFileSync(path.join(folder, 'weights.bin'), Buffer.alloc(31));
    expect(await assess()).toMatchObject({
      canScore: false,
      reason: expect.stringContaining('32 bytes'),
    });
  });
});

describe('without onnxruntime-node', () => {
  it('a model says in one line how to get it', async () => {
    const file = path.join(folder, 'bundle.mjs');
    const input = path.resolve(import.meta.dirname, '../../src/flavors/onnx/index.ts');
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    await bundle.write({ file, format: 'esm' });
    await bundle.close();
    const alone = (await import(pathToFileURL(file).href)) as { onnxReader: typeof reader };
    unpack('sklearn-boosting');
    expect(await alone.onnxReader.assess(savedModel(folder, config))).toEqual({
      canScore: false,
      reason:
        "ONNX models are scored natively by onnxruntime-node, which can't be loaded here; add it with: npm install --ignore-scripts onnxruntime-node",
      needs: ['npm install --ignore-scripts onnxruntime-node'],
    });
  });
});
