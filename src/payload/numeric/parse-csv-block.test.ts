/** The kernel's reader of CSV lines against V8's correctly rounded `Number` and a plain reading of the grammar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellKind, type NumericCsvBlock, parseNumericCsvBlock } from './parse-csv-block.ts';

function parse(text: string, columnCount: number): NumericCsvBlock {
  const bytes = Buffer.from(text);
  return parseNumericCsvBlock(bytes, 0, bytes.length, columnCount);
}

function expectColumn(texts: readonly string[], wanted: readonly number[]): void {
  const block = parse(texts.join('\n'), 1);
  expect(block.consumed).toBe(Buffer.byteLength(texts.join('\n')));
  const values = Array.from(block.columns[0]!);
  expect(values.map((value, at) => (Object.is(value, wanted[at]) ? null : texts[at]))).toEqual(
    wanted.map(() => null),
  );
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9]{${least},${most}}$`));
const exponent = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -400, max: 400 }).map((power) => `e${power}`),
);
const decimal = fc
  .tuple(fc.constantFrom('', '-', '+'), digits(1, 15), digits(0, 30), exponent)
  .map((parts) => `${parts[0]}${parts[1]}.${parts[2]}${parts[3]}`);

/** Exactly halfway between a double and the next one, all digits written. */
const halfway = fc
  .tuple(fc.bigInt(2n ** 52n, 2n ** 53n - 1n), fc.integer({ min: -60, max: 60 }))
  .map(([mantissa, power]) => {
    const odd = 2n * mantissa + 1n;
    if (power >= 0) return `${odd << BigInt(power)}.0`;
    const scaled = (odd * 5n ** BigInt(-power)).toString().padStart(-power + 1, '0');
    return `${scaled.slice(0, power)}.${scaled.slice(power)}`;
  });

describe('numbers', () => {
  it('are rounded correctly', () => {
    const texts = fc.array(fc.oneof(decimal, halfway), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(texts, (cells) => expectColumn(cells, cells.map(Number))),
      { numRuns: 300 },
    );
  });

  it('at the borders', () => {
    const texts = [
      '5e-324',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '1e-400',
      '0e999999999',
      '2.2250738585072011e-308',
      '2.2250738585072014e-308',
      '1.7976931348623158e308',
      '1.7976931348623159e308',
      '1e400',
      '-1e99999999999',
      '9007199254740993.0',
      '0.1',
      '1e23',
      '8.5e22',
      `0.${'0'.repeat(60)}12345678901234567890123`,
      `${'9'.repeat(40)}.5`,
      '-0.0',
    ];
    expectColumn(texts, texts.map(Number));
  });
});

describe('cells', () => {
  it('may have what pandas takes', () => {
    expect(
      Array.from(parse('+1, 2 ,.5,1.,007,1E+2\r\n\n-inf,,NA,nan,Infinity,3', 6).columns),
    ).toEqual(
      [
        [1, -Infinity],
        [2, NaN],
        [0.5, NaN],
        [1, NaN],
        [7, Infinity],
        [100, 3],
      ].map((column) => Float64Array.from(column)),
    );
  });

  it('tell their kinds, without those of a line that is not understood', () => {
    const { kinds, rowCount, consumed } = parse('1,2.5,,1\n2,3,4,1\n1.5,,x,1\n', 4);
    const { integer, float, missing } = cellKind;
    expect(Array.from(kinds)).toEqual([integer, integer | float, integer | missing, integer]);
    expect({ rowCount, consumed }).toEqual({ rowCount: 2, consumed: 17 });
  });

  it.each([
    '"1"',
    'x',
    '-0',
    '-',
    '.',
    '1e',
    '1e+',
    '1_0',
    '0x10',
    'NAN',
    ' NA',
    ' ',
    '1 2',
    '--1',
    'é',
    '9007199254740993',
    '1,2',
    '1\r2',
    'True',
    '1..2',
    '	1',
    '<NA>',
    'infinite',
  ])('stop at %j', (cell) => {
    const { rowCount, consumed } = parse(`1\n2.5\n${cell}\n3\n`, 1);
    expect({ rowCount, consumed }).toEqual({ rowCount: 2, consumed: 6 });
  });
});

describe('blocks', () => {
  it('of any size go through the window', () => {
    const rows = Array.from({ length: 60_000 }, (_, at) => [at / 3, -at / 7, at]);
    const block = parse(rows.map((row) => row.join(',')).join('\n'), 3);
    expect(block.rowCount).toBe(rows.length);
    expect(block.columns.map((column) => column.length)).toEqual([60_000, 60_000, 60_000]);
    expect(block.columns.every((column, c) => column.every((v, r) => v === rows[r]?.[c]))).toBe(
      true,
    );
  });

  it('start and end where they are told', () => {
    const bytes = Buffer.from('a,b\n1,2\n3,4\n5,6\n');
    const block = parseNumericCsvBlock(bytes, 4, 12, 2);
    expect(block.columns).toEqual([Float64Array.of(1, 3), Float64Array.of(2, 4)]);
    expect(block.consumed).toBe(12);
  });

  it('leave lines longer than the window and tables too wide to the general reader', () => {
    const long = `1.${'0'.repeat(300_000)},2\n`;
    expect(parse(long, 2)).toMatchObject({ rowCount: 0, consumed: 0 });
    expect(parse('1,2\n', 70_000)).toMatchObject({ rowCount: 0, consumed: 0 });
  });
});
