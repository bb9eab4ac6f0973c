import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scorer } from '../contract/scorer.ts';
import { isFrame } from '../data/frame.ts';
import { ndArray } from '../data/nd-array.ts';
import type { Prediction } from '../data/scoring-data.ts';
import type { Signature } from '../model/signature.ts';
import { predictFile, type PredictFileOptions, type PredictProgress } from './predict-file.ts';

const signature: Signature = {
  inputs: {
    kind: 'columns',
    columns: [{ name: 'a', type: { kind: 'scalar', type: 'double' }, required: true }],
  },
  outputs: null,
  params: null,
  fromTypeHint: false,
};

/** Doubles the first column. */
const doubling: Scorer = {
  async predict(input): Promise<Prediction> {
    if (!isFrame(input)) return null;
    const values = Float64Array.from(input.columns[0]!.data.values as ArrayLike<unknown>, Number);
    return ndArray({ dtype: 'float64', values: values.map((value) => value * 2) });
  },
  close: async () => undefined,
};

const defaults = {
  contentType: 'csv',
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
} as const;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs on `text` as stdin; what came out, whether or not it failed. */
async function run(
  text: string,
  options: Partial<PredictFileOptions> = {},
  model: Signature | null = signature,
): Promise<{ readonly output: string; readonly error: unknown }> {
  let output = '';
  const stdout = new Writable({
    highWaterMark: 100,
    write(chunk: Buffer, _encoding, done) {
      output += chunk.toString('latin1');
      setImmediate(done);
    },
  });
  const stdin = Readable.from([Buffer.from(text)]);
  const target = { scorer: doubling, signature: model };
  try {
    await predictFile(target, { ...defaults, stdin, stdout, ...options });
    return { output, error: null };
  } catch (error) {
    return { output, error };
  }
}

describe('predictFile', () => {
  it('decompresses a CSV file called .gz, as pandas does', async () => {
    const inputPath = join(directory, 'rows.csv.GZ');
    const rows = Array.from({ length: 70_000 }, (_, row) => row);
    await writeFile(inputPath, gzipSync(`a\n${rows.join('\n')}`));
    const { output, error } = await run('', { inputPath });
    expect(error).toBeNull();
    expect(JSON.parse(output)).toEqual({ predictions: rows.map((row) => row * 2) });
    await writeFile(inputPath, 'a\n1\n');
    const damaged = await run('', { inputPath });
    expect(damaged.error).toMatchObject({ code: 'INPUT_FILE_UNREADABLE' });
  });

  it('writes one document for many blocks', async () => {
    const rows = Array.from({ length: 70_000 }, (_, row) => row);
    const seen: PredictProgress[] = [];
    const { output, error } = await run(`a\n${rows.join('\n')}`, {
      onProgress: (at) => seen.push(at),
    });
    expect(error).toBeNull();
    expect(JSON.parse(output)).toEqual({ predictions: rows.map((row) => row * 2) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toMatchObject({ rows: 70_000, totalBytes: null });
  });

  it.each([
    ['a\n1\n2.5\n', '{"predictions": [2.0, 5.0]}'],
    ['a\n', '{"predictions": []}'],
    ['a\nNA\n', '{"predictions": [NaN]}'],
  ])('scores %j', async (text, expected) => {
    expect(await run(text)).toEqual({ output: expected, error: null });
  });

  it('reads stdin twice where nothing says the types', async () => {
    expect(await run('a\n1\n2.5\n', {}, null)).toEqual({
      output: '{"predictions": [2.0, 5.0]}',
      error: null,
    });
  });

  it('refuses integers for a double only as MLflow does', async () => {
    expect((await run('a\n1\n2\n', { compat: 'mlflow' })).error).toMatchObject({
      code: 'SCHEMA_ENFORCEMENT_FAILED',
    });
    expect((await run('a\n1\n2\n')).error).toBeNull();
  });

  it('says the row when stdout has already begun', async () => {
    // Bytes come in pieces, so that blocks are written before the bad row is read.
    const rows = '1\n'.repeat(40_000);
    const stdin = Readable.from([`a\n${rows}`, rows, rows, 'x\n'].map((text) => Buffer.from(text)));
    const { output, error } = await run('', { stdin });
    expect(output.startsWith('{"predictions": [2.0, ')).toBe(true);
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      details: { row: 120_001, column: 'a', value: 'x' },
    });
  });

  it('leaves the old file alone until the new one is complete', async () => {
    const outputPath = join(directory, 'out.json');
    await writeFile(outputPath, 'old');
    await run('a\nx\n', { outputPath });
    expect(await readFile(outputPath, 'utf8')).toBe('old');
    await run('a\n1\n', { outputPath });
    expect(await readFile(outputPath, 'utf8')).toBe('{"predictions": [2.0]}');
    expect(await readdir(directory)).toEqual(['out.json']);
  });

  it('scores JSON', async () => {
    const text = '{"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}}';
    expect((await run(text, { contentType: 'json' })).output).toBe('{"predictions": [2.0, 4.0]}');
  });

  it('says which file cannot be read or written', async () => {
    const inputPath = join(directory, 'none.csv');
    expect((await run('', { inputPath })).error).toMatchObject({ code: 'INPUT_FILE_UNREADABLE' });
    const outputPath = join(directory, 'no', 'folder.json');
    expect((await run('a\n1\n', { outputPath })).error).toMatchObject({
      code: 'OUTPUT_FILE_UNWRITABLE',
    });
  });
});
