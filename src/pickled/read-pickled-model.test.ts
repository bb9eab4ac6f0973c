/** What the readers refuse, and that nothing is run. */
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isPickled } from './pickled-value.ts';
import { readPickledModel } from './read-pickled-model.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const pickle = (text: string): unknown => readPickledModel(latin1(text), 'pickle');

describe('a pickle', () => {
  it('that calls a function gives a record of the call', () => {
    const value = readPickledModel(latin1("cos\nsystem\n(S'echo run'\ntR."), 'unknown');
    expect(value).toMatchObject({ kind: 'instance', className: 'os.system', args: ['echo run'] });
  });

  it('keeps shared references, and cycles', () => {
    const value = readPickledModel(latin1('\u0080\u0004]\u0094(h\u0000]\u0094h\u0001e.'), 'pickle');
    if (!isPickled(value, 'list')) throw new Error('not a list');
    expect(value.items[0]).toBe(value);
    expect(value.items[1]).toBe(value.items[2]);
  });

  it('ends at its STOP, as in Python', () => {
    expect(pickle('K\u0007.rest')).toBe(7n);
  });

  it.each([
    ['nothing', '', 'ends too soon'],
    ['a persistent id', 'P1\n.', 'persistent id'],
    ['a binary persistent id', 'NQ.', 'persistent id'],
    ['an extension', '\u0082\u0001.', 'extension code'],
    ['an out-of-band buffer', '\u0097.', 'out-of-band'],
    ['an unknown opcode', '\u00ff.', 'opcode 0xff'],
    ['a protocol to come', '\u0080\u0006N.', 'protocol 6'],
    ['an empty stack', '.', 'stack of the pickle is empty'],
    ['a missing mark', 'Nt.', 'mark is missing'],
    ['a missing memo entry', 'h\u0005.', 'memo has no entry 5'],
    ['a text beyond the end', 'X\u00ff\u00ff\u00ff\u007fab.', 'too great'],
    [
      'a text of 2**63 bytes',
      '\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fab.',
      'too great',
    ],
    ['a text that is no UTF-8', 'X\u0002\u0000\u0000\u0000\u00c3\u0028.', 'no UTF-8'],
    ['items for a number', 'K\u0001K\u0002a.', 'what is no list'],
    ['a key without a value', '}(Nu.', 'key has no value'],
    ['state for a list', ']}b.', 'has no state'],
    ['arguments that are no tuple', 'cos\nsystem\n]R.', 'not a tuple'],
    ['an integer of many bytes', `\u008b\u0000\u0000\u0002\u0000${'x'.repeat(2 ** 17)}.`, 'bytes'],
    ['an integer of many digits', `L${'9'.repeat(5000)}L\n.`, 'too long'],
  ])('with %s is refused', (_, text, reason) => {
    expect(() => pickle(text)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_INVALID' }));
    expect(() => pickle(text)).toThrow(reason);
  });

  it('with marks in marks without end is refused', () => {
    expect(() => pickle('('.repeat(200_000))).toThrow('nested too deep');
  });

  it('that asks for far more memory than its own is refused', () => {
    expect(() => pickle('}'.repeat(3_000_000))).toThrow('far more memory');
  });

  it('that makes arrays of the same bytes over and over is refused', () => {
    const made =
      '\u0080\u0003(cnumpy._core.numeric\n_frombuffer\nq\u0000cnumpy\ndtype\nX\u0002\u0000\u0000\u0000u1\u0085Rq\u0001' +
      `B\u0000\u0000\u0010\u0000${'x'.repeat(2 ** 20)}q\u0002`;
    const again =
      'h\u0000(h\u0002h\u0001J\u0000\u0000\u0010\u0000\u0085X\u0001\u0000\u0000\u0000CtR';
    expect(pickle(`${made}${again}l.`)).toMatchObject({ items: { length: 4 } });
    expect(() => pickle(`${made}${again.repeat(500)}l.`)).toThrow('far more memory');
  });

  it('with an array of no bytes and many elements is refused', () => {
    const text =
      '\u0080\u0003cnumpy._core.numeric\n_frombuffer\n(C\u0000cnumpy\ndtype\nX\u0002\u0000\u0000\u0000U0\u0085R' +
      'J\u00ff\u00ff\u00ff\u007f\u0085X\u0001\u0000\u0000\u0000CtR.';
    expect(() => pickle(text)).toThrow('far more memory');
  });
});

interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly deflate?: boolean;
  readonly claimedSize?: number;
  readonly offset?: number;
  readonly flags?: number;
}

/** A zip archive; what a member claims may be wrong. */
function zip(...members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, content, deflate = false, claimedSize, offset, flags = 0 } of members) {
    const packed = deflate ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedSize ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset ?? at, 10);
    entries.push(Buffer.concat([latin1('PK\u0001\u0002\u0014\u0000'), common, tail, latin1(name)]));
    bodies.push(Buffer.concat([latin1('PK\u0003\u0004'), common, latin1(name), packed]));
    at += bodies.at(-1)!.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directory, end]);
}

const node = (fields: object): object => ({
  __class__: 'str',
  __module__: 'builtins',
  __loader__: 'JsonNode',
  content: '7',
  ...fields,
});

function schema(fields: object, protocol: unknown = 2): Member {
  return {
    name: 'schema.json',
    content: Buffer.from(JSON.stringify({ ...node(fields), protocol })),
  };
}

const skops = (...members: readonly Member[]): unknown =>
  readPickledModel(zip(...members), 'unknown');

describe('a skops file', () => {
  it('may be stored or deflated', () => {
    expect(skops(schema({}))).toBe(7n);
    expect(skops({ ...schema({}), deflate: true })).toBe(7n);
  });

  it('names types without importing them', () => {
    expect(
      skops(
        schema({ __loader__: 'ObjectNode', __module__: 'os', __class__: 'system', content: null }),
      ),
    ).toMatchObject({ kind: 'instance', className: 'os.system' });
  });

  it('of an old protocol keeps the names of functions elsewhere', () => {
    const content = { module_path: 'scipy.special', function: 'expit' };
    expect(skops(schema({ __loader__: 'FunctionNode', content }, 0))).toEqual({
      kind: 'global',
      name: 'scipy.special.expit',
    });
  });

  it('of skops 0.6 keeps losses as SGDNode', () => {
    const args = node({ __loader__: 'TupleNode', __class__: 'tuple', content: [node({})] });
    const loss = {
      __loader__: 'SGDNode',
      __module__: 'm',
      __class__: 'Hinge',
      __reduce__: { args },
    };
    expect(skops(schema({ ...loss, content: node({ content: 'null' }) }, 1))).toMatchObject({
      className: 'm.Hinge',
      args: [7n],
    });
  });

  it.each<[string, readonly Member[], string]>([
    ['without a schema', [{ name: 'other', content: latin1('') }], 'is missing'],
    ['of a protocol to come', [schema({}, 3)], 'protocol other than'],
    ['of no protocol', [schema({}, true)], 'protocol other than'],
    ['with an unknown node', [schema({ __loader__: 'EvalNode' })], 'unknown kind EvalNode'],
    [
      'with a node that is none',
      [schema({ __loader__: 'ListNode', content: [1] })],
      'not a JSON object',
    ],
    ['with a bomb', [{ ...schema({}), deflate: true, claimedSize: 2 ** 31 }], 'far more memory'],
    ['that claims less than there is', [{ ...schema({}), deflate: true, claimedSize: 10 }], 'not'],
    ['that claims more than there is', [{ ...schema({}), claimedSize: 10_000 }], 'not as long'],
    ['with an encrypted member', [{ ...schema({}), flags: 1 }], 'encrypted'],
    [
      'with members in one place',
      [schema({}), { ...schema({}), name: 'b', offset: 0 }],
      'same name or place',
    ],
    ['with two members of a name', [schema({}), schema({})], 'same name or place'],
    [
      'with an array that is none',
      [
        schema({ __loader__: 'NdArrayNode', type: 'numpy', file: 'a.npy' }),
        { name: 'a.npy', content: latin1('?') },
      ],
      'not an .npy file',
    ],
    [
      'with a node inside itself',
      [
        schema({
          __loader__: 'ListNode',
          __class__: 'list',
          __id__: 1,
          content: [node({ __id__: 1 })],
        }),
      ],
      'contains itself',
    ],
  ])('%s is refused', (_, members, reason) => {
    expect(() => skops(...members)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_INVALID' }),
    );
    expect(() => skops(...members)).toThrow(reason);
  });

  it('with nodes in nodes without end is refused', () => {
    let nested = node({});
    for (let depth = 0; depth < 600; depth += 1) {
      nested = node({ __loader__: 'ListNode', __class__: 'list', content: [nested] });
    }
    expect(() => skops(schema(nested))).toThrow('nested deeper');
  });

  it('of more values than its size allows is refused', () => {
    const content = latin1(`[${'{},'.repeat(4_000_000)}0]`);
    expect(() => skops({ name: 'schema.json', content, deflate: true })).toThrow('far more memory');
  });

  it('with another byte than its checksum says is refused', () => {
    const bytes = zip(schema({}));
    bytes[bytes.indexOf('"7"') + 1] = 0x38;
    expect(() => readPickledModel(bytes, 'skops')).toThrow('checksum');
  });
});
