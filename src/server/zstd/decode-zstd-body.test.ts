import { expect, it } from 'vitest';
import { decodeZstdBody } from './decode-zstd-body.ts';

const blockBytes = 2 ** 17;

/** A frame of blocks that each say "so many times this byte", with its size stated. */
function repeated(blocks: number): Buffer {
  const head = Buffer.from('28b52ffda000000000', 'hex');
  head.writeUInt32LE(blocks * blockBytes, 5);
  const body = Array.from({ length: blocks }, (_, at) => {
    const block = Buffer.alloc(4, at % 251);
    block.writeUIntLE(blockBytes * 8 + 2 + Number(at === blocks - 1), 0, 3);
    return block;
  });
  return Buffer.concat([head, ...body]);
}

function decodedOf(blocks: number): Buffer {
  return Buffer.concat(
    Array.from({ length: blocks }, (_, at) => Buffer.alloc(blockBytes, at % 251)),
  );
}

/** Turns of the event loop while `work` goes on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const waiting = { isOver: false };
  const end = (): boolean => (waiting.isOver = true);
  work.then(end, end);
  for (let turns = 0; ; turns++) {
    if (waiting.isOver) return turns;
    await new Promise(setImmediate);
  }
}

it.each([1, 8, 9, 300])('decodes %d blocks', async (blocks) => {
  const decoded = await decodeZstdBody(repeated(blocks), 2 ** 30);
  expect(decoded.equals(decodedOf(blocks))).toBe(true);
});

it('lets the event loop turn while a large body is decoded, and not for a small one', async () => {
  expect(await turnsDuring(decodeZstdBody(repeated(1), 2 ** 30))).toBe(1);
  // The thread alone takes some hundred turns to start.
  expect(await turnsDuring(decodeZstdBody(repeated(800), 2 ** 30))).toBeGreaterThan(10);
});

it('decodes several large bodies at once', async () => {
  const sizes = [40, 10, 30, 20, 50];
  const decoded = await Promise.all(sizes.map((size) => decodeZstdBody(repeated(size), 2 ** 30)));
  expect(decoded.map(({ length }) => length)).toEqual(sizes.map((size) => size * blockBytes));
});

it.each([
  ['is too large', repeated(300), 2 ** 20, 'BODY_TOO_LARGE'],
  ['is long and no zstd', Buffer.alloc(100_000, 'x'), 2 ** 30, 'BODY_UNDECODABLE'],
  ['is long and ends too early', repeated(300).subarray(0, -1), 2 ** 30, 'BODY_UNDECODABLE'],
])('a body that %s is refused with its code', async (_name, body, limitBytes, code) => {
  await expect(decodeZstdBody(body, limitBytes)).rejects.toMatchObject({ code });
});
