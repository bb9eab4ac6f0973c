import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './decode-base64.ts';

const text = (encoded: string): string => Buffer.from(decodeBase64(encoded)).toString('latin1');

// Expected values are those of Python's base64.decodebytes.
describe('decodeBase64', () => {
  it.each([
    ['aGVsbG8=', 'hello'],
    ['aGVs\nbG8=\n', 'hello'],
    ['a!G-V.sb_G8=', 'hello'],
    ['aGVsbG8=aGVs', 'hello'],
    ['', ''],
    ['====', ''],
    ['!!', ''],
  ])('reads %j', (encoded, plain) => {
    expect(text(encoded)).toBe(plain);
  });

  it.each([
    ['aGVsbG8', 'Incorrect padding'],
    ['AP', 'Incorrect padding'],
    ['AP=', 'Incorrect padding'],
    ['A', 'number of data characters (1) cannot be 1 more than a multiple of 4'],
    ['aGVsb', 'number of data characters (5) cannot be 1 more than a multiple of 4'],
  ])('refuses %j', (encoded, message) => {
    expect(() => decodeBase64(encoded)).toThrow(message);
  });

  it('undoes encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });
});
