import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { readJson } from './read-json.ts';
import { readUbjson } from './read-ubjson.ts';
import { sniffFormat } from './sniff-format.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const length = (size: number): string => `L${'\0'.repeat(7)}${String.fromCharCode(size)}`;

describe('readUbjson', () => {
  it('reads typed, counted and plain arrays', () => {
    const typed = `${length(1)}a[$d#${length(1)}\x3f\x80\x00\x00`;
    const counted = `${length(1)}b[#${length(2)}TZ`;
    const plain = `${length(1)}c[i\xffU\xff]`;
    expect(readUbjson(text(`{${typed}${counted}${plain}}`))).toEqual(
      new Map<string, unknown>([
        ['a', Float32Array.of(1)],
        ['b', [true, null]],
        ['c', [-1, 255]],
      ]),
    );
  });

  it('refuses sizes beyond the file before it takes memory', () => {
    const huge = `L\x00\x00\x00\x7f\xff\xff\xff\xff`;
    for (const document of [
      `[$d#${huge}`,
      `[#${huge}`,
      `S${huge}`,
      `{${huge}`,
      `[$L#L${'\xff'.repeat(8)}`,
    ]) {
      expect(() => readUbjson(text(document))).toThrow('larger than the rest');
    }
  });

  it('refuses deep nesting', () => {
    expect(() => readUbjson(text('['.repeat(100_000)))).toThrow('nesting');
  });

  it('never fails otherwise than with a catalogue error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
        onlyCatalogueErrors(() => readUbjson(bytes)),
      ),
    );
  });
});

describe('readJson', () => {
  it('reads numbers as XGBoost does', () => {
    expect(readJson('[1E-1, -3, NaN, -Infinity, 0E0, true, null, {}]')).toEqual([
      Math.fround(0.1),
      -3,
      NaN,
      -Infinity,
      0,
      true,
      null,
      new Map(),
    ]);
  });

  it('keeps \\u as it stands and the last of equal keys', () => {
    expect(readJson(String.raw`{"a":"\u0041\"\n","a":"\\"}`)).toEqual(new Map([['a', '\\']]));
    expect(readJson(String.raw`"\u0041\"\n"`)).toBe('\\u0041"\n');
  });

  it('refuses deep nesting and integers that are too large', () => {
    expect(() => readJson('['.repeat(100_000))).toThrow('nesting');
    expect(() => readJson('9007199254740993')).toThrow('too large');
  });

  it('never fails otherwise than with a catalogue error', () => {
    const character = fc.constantFrom(...'{}[]",:0123456789eE.+-NaInfitytrueslu\\ \n'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: character }), (document) =>
        onlyCatalogueErrors(() => readJson(document)),
      ),
    );
  });
});

describe('sniffFormat', () => {
  it('goes by the bytes', () => {
    expect(sniffFormat(text('{ \n"learner"'))).toBe('json');
    expect(sniffFormat(text('{L\0\0\0\0\0\0\0\x07learner'))).toBe('ubjson');
    expect(sniffFormat(text('binf\0\0'))).toBe('binary');
    expect(sniffFormat(text('\0\0\0\x3f\x0a\0'))).toBe('binary');
    expect(sniffFormat(text(''))).toBe('binary');
  });
});

function onlyCatalogueErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(isSlipwayError(error, 'MODEL_FILE_INVALID')).toBe(true);
  }
}
