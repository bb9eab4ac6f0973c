/** Blocks of a stream, cut anywhere, are the frame of the whole. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { ScalarType, Signature } from '../../model/signature.ts';
import { decodeCsv } from './decode-csv.ts';
import { toObjects } from './merge-chunks.ts';
import { readCsvBlocks } from './read-csv-blocks.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function signatureOf(...types: readonly ScalarType[]): Signature {
  const columns = types.map((type, at) => ({
    name: `c${at}`,
    type: { kind: 'scalar', type } as const,
    required: true,
  }));
  return { inputs: { kind: 'columns', columns }, outputs: null, params: null, fromTypeHint: false };
}

async function* cut(body: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let piece = 0; at < body.length; piece++) {
    const size = sizes[piece % sizes.length]!;
    yield body.subarray(at, at + size);
    at += size;
  }
}

async function collect(blocks: AsyncIterable<Frame>): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const block of blocks) frames.push(block);
  return frames;
}

function summary(frames: readonly Frame[]): unknown {
  const [first] = frames;
  return {
    labels: first?.columns.map(({ label }) => label),
    dtypes: first?.columns.map(({ data }) => data.dtype),
    values: first?.columns.map((_, at): PyValue[] =>
      frames.flatMap(({ columns }) => toObjects(columns[at]!.data)),
    ),
    index: frames.flatMap(({ index }) => index ?? []),
    rows: frames.reduce((sum, { rowCount }) => sum + rowCount, 0),
  };
}

async function outcome(read: () => Promise<readonly Frame[]>): Promise<unknown> {
  try {
    return summary(await read());
  } catch (error) {
    return String(error).slice(0, 60);
  }
}

const numbers = [
  '1',
  '-2.5',
  '1e5',
  '',
  'NA',
  ' 7 ',
  '"3"',
  '0.1',
  '-0',
  'inf',
  '9007199254740993',
  '1_0',
];
const others = [...numbers, 'x', 'True', 'é', '"a,b"', '"l\nm"', '18446744073709551615'];

function tables(cells: readonly string[]): fc.Arbitrary<string> {
  const row = fc
    .array(fc.constantFrom(...cells), { minLength: 1, maxLength: 3 })
    .map((one) => one.join(','));
  const line = fc.oneof(
    { weight: 9, arbitrary: row },
    { weight: 1, arbitrary: fc.constantFrom('', '  ') },
  );
  return fc
    .tuple(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom('', '\ufeff'),
    )
    .map(([lines, end, mark]) => mark + ['c0,c1,c2', ...lines, ''].join(end));
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

describe('readCsvBlocks', () => {
  it.each([
    ['numbers by the signature', numbers, signatureOf('double', 'float', 'double')],
    ['columns that are not in the signature', numbers, signatureOf('double')],
    ['mixed types', others, signatureOf('double', 'string', 'string')],
    ['no signature', others, null],
  ])('reads %s as the whole body', async (_, cells, signature) => {
    await fc.assert(
      fc.asyncProperty(tables(cells), sizes, async (text, pieces) => {
        const body = bytesOf(text);
        const blocks = await outcome(() =>
          collect(readCsvBlocks(() => cut(body, pieces), signature)),
        );
        expect(blocks).toEqual(await outcome(async () => [decodeCsv(body, signature)]));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps rows in order over many blocks', async () => {
    const rows = Array.from({ length: 80_000 }, (_, row) =>
      row % 9_000 === 5 ? `"${row}",1` : `${row},0.5`,
    );
    const body = bytesOf(`c0,c1\n${rows.join('\n')}`);
    const blocks = await collect(
      readCsvBlocks(() => cut(body, [100_003]), signatureOf('double', 'double')),
    );
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.flatMap(({ columns }) => Array.from(columns[0]!.data.values))).toEqual(
      rows.map((_, row) => row),
    );
  });

  it('names the row of a bad cell', async () => {
    const body = bytesOf(`c0\n${'1\n'.repeat(1000)}x\n`);
    const read = collect(readCsvBlocks(() => cut(body, [64]), signatureOf('double')));
    await expect(read).rejects.toThrow("row 1001, column 'c0', value 'x', expected double");
  });
});
