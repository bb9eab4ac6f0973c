/** Files that never end, ask for all memory or lie about their sizes, read by threads with small limits. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ParquetPool } from './parquet-pool.ts';

const folder = new URL('../../../test/fixtures/parquet/', import.meta.url);
const cases = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as readonly {
  readonly name: string;
  readonly body: string;
}[];

type Damage = readonly (readonly [place: number, byte: number])[];

function fixture(name: string, damage: Damage = []): Uint8Array {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no fixture '${name}'`);
  const bytes = new Uint8Array(Buffer.from(found.body, 'base64'));
  for (const [place, byte] of damage) bytes[place] = byte;
  return bytes;
}

const sound = fixture('integers');
/** Without the length of a page's levels the library reads the same byte for ever. */
const endless = fixture('plain pages', [
  [110, 29],
  [17, 242],
]);
const memoryMb = 64;
const timeMs = 300;
const pools: ParquetPool[] = [];

function makePool(timeLimitMs: number, threadCount: number): ParquetPool {
  const pool = new ParquetPool({
    limitsOf: () => ({ memoryMb, timeMs: timeLimitMs }),
    threadCount,
  });
  pools.push(pool);
  return pool;
}

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

describe('ParquetPool', () => {
  it('ends a file that never ends, and reads the next one', async () => {
    const pool = makePool(timeMs, 1);
    await pool.read(sound);
    const startedAt = performance.now();
    const reading = pool.read(endless);
    const next = pool.read(sound);
    await expect(reading).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('takes longer than 0.3 s') as string,
    });
    expect(performance.now() - startedAt).toBeGreaterThan(timeMs * 0.9);
    expect((await next).rowCount).toBe(3);
  });

  it('ends a file that asks for all memory, and reads the next one', async () => {
    const pool = makePool(10_000, 1);
    const deep = readFileSync(new URL('deep.parquet', folder));
    const before = process.memoryUsage().rss;
    await expect(pool.read(deep)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('takes more than 64 MB of memory') as string,
    });
    expect((await pool.read(sound)).rowCount).toBe(3);
    expect(process.memoryUsage().rss - before).toBeLessThan(4 * memoryMb * 2 ** 20);
  });

  it('refuses more cells than the memory can hold before it reads them', async () => {
    const long = readFileSync(new URL('long.parquet', folder));
    await expect(makePool(10_000, 1).read(long)).rejects.toThrow(
      '2000000 rows of 1 columns are more than can be read',
    );
  });

  it.each([
    ['fixed bytes', [[61, 222]]],
    ['plain pages', [[73, 98]]],
  ] as const)('ends a run of %s at the end of its page', async (name, damage) => {
    await expect(makePool(10_000, 1).read(fixture(name, damage))).rejects.toThrow(
      'a part has more values than it states',
    );
  });

  it('reads on while another thread is held', async () => {
    const pool = makePool(timeMs * 10, 2);
    let isHeld = true;
    const held = pool.read(endless).catch(() => {
      isHeld = false;
    });
    for (let round = 0; round < 3; round++) {
      expect((await pool.read(sound)).rowCount).toBe(3);
    }
    expect(isHeld).toBe(true);
    await held;
  });

  it('answers two at once that never end', async () => {
    const pool = makePool(timeMs, 2);
    const answers = await Promise.allSettled([pool.read(endless), pool.read(endless)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('leaves the bytes of the caller as they are', async () => {
    const whole = Buffer.concat([Buffer.from('before'), sound, Buffer.from('after')]);
    const body = whole.subarray(6, 6 + sound.length);
    expect((await makePool(10_000, 1).read(body)).rowCount).toBe(3);
    expect(Buffer.compare(body, sound)).toBe(0);
  });
});
