import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from './backend-options.ts';
import { readLines } from './read-lines.ts';
import { serveStdin } from './serve-stdin.ts';

const model = path.resolve(import.meta.dirname, '../../examples/diabetes/model');
const example = readFileSync(path.join(model, 'serving_input_example.json'), 'utf8');
const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-stdin-'));

afterAll(() => rmSync(folder, { recursive: true }));

interface Served {
  readonly code: number;
  readonly lines: readonly string[];
}

async function answerAll(lines: readonly string[], end = '\n'): Promise<Served> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const printed = text(stdout);
  stdin.end(lines.join('\n') + end);
  const code = await serveStdin(model, {}, resolveBackendOptions(), { stdin, stdout });
  stdout.end();
  return { code, lines: (await printed).split('\n').filter((line) => line !== '') };
}

const predictions = /^\{"predictions": \[[0-9.]+, [0-9.]+\], "id": "(\w+)"\}$/;

describe('serve-stdin', () => {
  it('answers JSON text and JSON objects alike, in order, and ends with 0', async () => {
    const { code, lines } = await answerAll([
      JSON.stringify({ id: 'a', data: example }),
      '',
      JSON.stringify({ id: 'b', data: JSON.parse(example) as unknown }),
    ]);
    expect(code).toBe(0);
    expect(lines.map((line) => predictions.exec(line)?.[1])).toEqual(['a', 'b']);
    expect(lines[0]?.replace('"a"', '"b"')).toBe(lines[1]);
  });

  it('appends to the file that a line names, without a line feed', async () => {
    const file = path.join(folder, 'answers');
    const line = JSON.stringify({ id: 'é', data: example, output_file: file });
    const { lines } = await answerAll([line, line], '');
    expect(lines).toEqual([]);
    const answer = String.raw`\{"predictions": \[[0-9., ]+\], "id": "\\u00e9"\}`;
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${answer}${answer}$`));
  });

  it.each([
    ['no JSON', null, /JSON/],
    ['[1]', null, /not an object/],
    ['{"data": {}}', null, /no "id"/],
    ['{"id": "x"}', 'x', /"data" is missing/],
    ['{"id": 7, "data": 1}', 7, /neither a string nor an object/],
    ['{"id": "x", "data": "{}", "output_file": 1}', 'x', /"output_file" is not a string/],
    ['{"id": "x", "data": "{"}', 'x', /\[INVALID_INPUT\]$/],
    ['{"id": "x", "data": {"dataframe_records": [{}]}}', 'x', /\[SCHEMA_ENFORCEMENT_FAILED\]$/],
  ])('answers the bad line %s with its id and why, and goes on', async (bad, id, why) => {
    const good = JSON.stringify({ id: 'good', data: example });
    const { code, lines } = await answerAll([bad, good]);
    expect([code, lines.length]).toEqual([0, 2]);
    const answer = JSON.parse(lines[0] ?? '') as { id: unknown; error: string };
    expect(Object.keys(answer)).toEqual(['id', 'error']);
    expect([answer.id, answer.error]).toEqual([id, expect.stringMatching(why)]);
    expect(lines[1]).toMatch(predictions);
  });

  it('says on stdout when the file cannot be written', async () => {
    const file = path.join(folder, 'missing', 'answers');
    const { lines } = await answerAll([
      JSON.stringify({ id: 'a', data: example, output_file: file }),
    ]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      id: 'a',
      error: expect.stringContaining('OUTPUT_FILE_UNWRITABLE') as string,
    });
  });

  it('ends when told to stop, though stdin goes on', async () => {
    const stop = new AbortController();
    const running = serveStdin(model, {}, resolveBackendOptions(), {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      signal: stop.signal,
      onReady: () => setImmediate(() => stop.abort()),
    });
    expect(await running).toBe(0);
  });
});

describe('readLines', () => {
  it('gives lines whatever the chunks, and null for one that is too long', async () => {
    const stream = new PassThrough();
    for (const chunk of ['a', 'b\nc', '\n', '\nlonger', ' than ten\nd']) stream.write(chunk);
    stream.end();
    const lines: (string | null)[] = [];
    for await (const line of readLines(stream, 10)) lines.push(line?.toString() ?? null);
    expect(lines).toEqual(['ab', 'c', '', null, 'd']);
  });
});
