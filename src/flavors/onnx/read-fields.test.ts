import { describe, expect, it } from 'vitest';
import { invalidModelFile } from './invalid-model-file.ts';
import { parseModel } from './parse-model.ts';
import { FieldReader } from './read-fields.ts';
import { bytesField, editMessage, integerField, textField } from './write-fields.ts';

const damaged = expect.objectContaining({ code: invalidModelFile('').code });

function readerAtValue(...bytes: number[]): FieldReader {
  const reader = new FieldReader(Uint8Array.from(bytes));
  reader.next();
  return reader;
}

describe('FieldReader', () => {
  it('reads what the writer writes', () => {
    const reader = new FieldReader(Buffer.concat([integerField(1, 300), textField(2, 'é')]));
    expect([reader.next(), reader.number, reader.smallInteger()]).toEqual([true, 1, 300]);
    expect([reader.next(), reader.number, reader.text()]).toEqual([true, 2, 'é']);
    expect(reader.next()).toBe(false);
  });

  it('reads negative integers and packed lists', () => {
    const minusOne = [...Array<number>(9).fill(0xff), 1];
    expect(readerAtValue(8, ...minusOne).integer()).toBe(-1n);
    const list: bigint[] = [];
    readerAtValue(10, 12, 5, 7, ...minusOne).integersInto(list);
    expect(list).toEqual([5n, 7n, -1n]);
  });

  it.each([
    ['a length beyond the end', [10, 5, 1], (r: FieldReader) => r.bytes()],
    ['a huge length', [10, ...Array<number>(8).fill(0xff), 0x7f], (r: FieldReader) => r.bytes()],
    ['a number without an end', [8, 0x80], (r: FieldReader) => r.integer()],
    [
      'a number of eleven bytes',
      [8, ...Array<number>(11).fill(0x80)],
      (r: FieldReader) => r.skip(),
    ],
    ['half a float', [13, 1, 2], (r: FieldReader) => r.fixed(4)],
    ['text that is no UTF-8', [10, 1, 0xff], (r: FieldReader) => r.text()],
    ['another wire type', [8, 1], (r: FieldReader) => r.bytes()],
  ])('refuses %s', (_, bytes, read) => {
    const reader = readerAtValue(...bytes);
    expect(() => read(reader)).toThrow(damaged);
  });

  it.each([[[0]], [[11]], [[7]]])('refuses the key %s', (bytes) => {
    expect(() => readerAtValue(...bytes)).toThrow(damaged);
  });
});

describe('parseModel', () => {
  it('follows nested graphs only so deep', () => {
    let graph: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 60; depth += 1)
      graph = bytesField(1, bytesField(5, bytesField(6, graph)));
    expect(() => parseModel(bytesField(7, graph))).toThrow('nested too deeply');
  });

  it('refuses a tensor that does not hold what it declares', () => {
    const tensor = Buffer.concat([
      integerField(1, 1_000_000),
      integerField(2, 1),
      bytesField(9, Buffer.alloc(8)),
    ]);
    expect(() => parseModel(bytesField(7, bytesField(5, tensor)))).toThrow('1000000 elements');
  });
});

describe('editMessage', () => {
  it('changes, drops and keeps fields', () => {
    const message = Buffer.concat([
      textField(1, 'a'),
      integerField(2, 5),
      textField(1, 'b'),
      textField(3, 'c'),
    ]);
    const edited = editMessage(message, (number, ordinal) => {
      if (number === 3) return null;
      return number === 1 && ordinal === 1 ? Buffer.from('long') : undefined;
    });
    const expected = Buffer.concat([textField(1, 'a'), integerField(2, 5), textField(1, 'long')]);
    expect(Buffer.from(edited)).toEqual(expected);
  });
});
