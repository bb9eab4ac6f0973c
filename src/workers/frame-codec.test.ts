/** Frames survive any cut of the byte stream; nonsense is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from './encode-frame.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { maxFrameBytes } from './frame-limits.ts';
import type { Message } from './message.ts';

const runs = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);

const header = fc
  .tuple(
    fc.string({ unit: 'binary' }),
    fc.option(fc.maxSafeInteger(), { nil: undefined }),
    fc.dictionary(
      fc.string().filter((key) => !['type', 'id', 'buffers', '__proto__'].includes(key)),
      fc.jsonValue({ noUnicodeString: false }),
    ),
  )
  .map(([type, id, rest]) => ({ ...rest, type, ...(id !== undefined && { id }) }));

const message: fc.Arbitrary<Message> = fc.record({
  header,
  buffers: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
});

function decode(chunks: readonly Buffer[]): { messages: Message[]; decoder: FrameDecoder } {
  const messages: Message[] = [];
  const decoder = new FrameDecoder((each) => void messages.push(each));
  for (const chunk of chunks) decoder.push(chunk);
  return { messages, decoder };
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  let start = 0;
  return ends
    .toSorted((a, b) => a - b)
    .map((end) => {
      const piece = Buffer.from(bytes.subarray(start, end));
      start = end;
      return piece;
    });
}

function plain({ header: fields, buffers }: Message): unknown {
  return [JSON.parse(JSON.stringify(fields)), buffers.map((each) => Array.from(each))];
}

function frame(text: string, body: Buffer = Buffer.alloc(0), claimed?: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(text), body]);
  bytes.writeUInt32LE(claimed ?? bytes.length - 4, 0);
  bytes.writeUInt32LE(Buffer.byteLength(text), 4);
  return bytes;
}

describe('frames', () => {
  it('come back whole, whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (sent, places) => {
          const bytes = Buffer.concat(sent.flatMap((each) => encodeFrame(each)));
          const { messages, decoder } = decode(cut(bytes, places));
          expect(messages.map(plain)).toEqual(sent.map(plain));
          expect(decoder.idle).toBe(true);
          const offsets = messages.flatMap((each) => each.buffers.map((b) => b.byteOffset % 8));
          expect(offsets.every((offset) => offset === 0)).toBe(true);
        },
      ),
      { numRuns: runs },
    );
  });

  it('come back byte by byte', () => {
    const sent: Message = {
      header: { type: 'naïve 🚢', id: 7, list: [1, null, 'x'] },
      buffers: [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(0)],
    };
    const bytes = Buffer.concat(encodeFrame(sent));
    const { messages } = decode(Array.from(bytes, (byte) => Buffer.of(byte)));
    expect(messages.map(plain)).toEqual([plain(sent)]);
  });

  it('copy a buffer only once, into memory of its own', () => {
    const bytes = Buffer.concat(
      encodeFrame({ header: { type: 'x' }, buffers: [Buffer.from('abcd')] }),
    );
    const { messages } = decode([bytes]);
    bytes.fill(0);
    expect(Buffer.from(messages[0]?.buffers[0] ?? []).toString()).toBe('abcd');
  });

  it('longer than a frame may be are not sent', () => {
    const buffer = { byteLength: maxFrameBytes } as unknown as Uint8Array;
    expect(() => encodeFrame({ header: { type: 'x' }, buffers: [buffer] })).toThrow(/too long/);
  });
});

describe('nonsense', () => {
  const cases: readonly [string, Buffer, RegExp][] = [
    ['text', Buffer.from('Traceback (most recent call last)'), /a header of \d+ bytes/],
    [
      'a frame shorter than its header',
      frame('{"type":"x"}', Buffer.alloc(0), 8),
      /a header of 12/,
    ],
    ['no header', Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), /without a header/],
    ['no JSON', frame('{"type"'), /no JSON/],
    ['no object', frame('[]'), /no JSON object/],
    ['null', frame('null'), /no JSON object/],
    ['no type', frame('{"id":1}'), /without a type/],
    ['an id that is text', frame('{"type":"x","id":"1"}'), /id/],
    ['bytes without buffers', frame('{"type":"x"}', Buffer.alloc(3)), /3 bytes/],
    ['too few bytes', frame('{"type":"x","buffers":[4]}', Buffer.alloc(3)), /4 bytes in 3/],
    ['too many bytes', frame('{"type":"x","buffers":[2]}', Buffer.alloc(3)), /2 bytes in 3/],
    [
      'a negative length',
      frame('{"type":"x","buffers":[-1,4]}', Buffer.alloc(3)),
      /count of bytes/,
    ],
    ['a broken length', frame('{"type":"x","buffers":[1.5]}', Buffer.alloc(3)), /count of bytes/],
    ['lengths that are no list', frame('{"type":"x","buffers":3}', Buffer.alloc(3)), /no list/],
  ];
  it.each(cases)('is refused: %s', (_name, bytes, reason) => {
    expect(() => decode([bytes])).toThrow(
      expect.objectContaining({ code: 'WORKER_PROTOCOL', message: expect.stringMatching(reason) }),
    );
  });

  it('in any bytes is refused or waits for more, and never costs what it claims', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decode([Buffer.from(bytes)]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WORKER_PROTOCOL' });
        }
      }),
      { numRuns: runs },
    );
  });
});
