import { describe, expect, it } from 'vitest';
import { readContentType } from './content-type.ts';

const strict = { compat: 'slipway', lenientTypes: false } as const;

describe('readContentType', () => {
  it.each([
    ['application/json', 'json'],
    [' application/json ; charset=UTF-8', 'json'],
    ['text/csv', 'csv'],
    ['text/csv; charset=utf-8', 'csv'],
    ['application/vnd.apache.parquet', 'parquet'],
  ])('accepts %s', (header, format) => {
    expect(readContentType(header, strict)).toBe(format);
  });

  it.each([
    ['application/json; charset=latin-1', 'The scoring server only supports UTF-8'],
    ['application/json; charset="utf-8"', 'The scoring server only supports UTF-8'],
    ['application/json;', 'Unrecognized content type parameters: .'],
    ['application/json; format=x', 'Unrecognized content type parameters: format.'],
    ['Application/JSON', "Got 'Application/JSON'."],
    ['', "Got ''."],
  ])('refuses %j', (header, message) => {
    expect(() => readContentType(header, strict)).toThrow(message);
  });

  it('takes other spellings when lenient', () => {
    const lenient = { ...strict, lenientTypes: true };
    expect(readContentType('Application/JSON; charset="UTF8"', lenient)).toBe('json');
  });

  it('names the missing header', () => {
    expect(() => readContentType(undefined, strict)).toThrow('no Content-Type header');
  });
});
