/** Damaged skops and pickle files: a catalogue error or a value, in little time and memory. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { readPickledModel } from '../../src/pickled/read-pickled-model.ts';
import { mutate, seededRandom } from './mutate.ts';

const count = 10 * Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const longestMs = 2000;
const mostBytes = 512 * 2 ** 20;

const folder = path.resolve(import.meta.dirname, '../fixtures/pickled');
const recordings = readdirSync(folder).map((name) => {
  const text = gunzipSync(readFileSync(path.join(folder, name))).toString();
  return (JSON.parse(text) as { readonly files: Readonly<Record<string, string>> }).files;
});
const files = recordings.flatMap((recorded) =>
  Object.entries(recorded).map(([writer, base64]) => ({
    skops: writer.startsWith('skops'),
    bytes: Buffer.from(base64, 'base64'),
  })),
);

describe(`${count} damaged skops and pickle files`, () => {
  it('get a catalogue error or a value', () => {
    const random = seededRandom(20_260_701);
    let refusals = 0;
    for (let i = 0; i < count; i += 1) {
      const { skops, bytes } = files[Math.floor(random() * files.length)]!;
      const damaged = skops && i % 2 === 0 ? mutateMember(bytes, random) : mutate(bytes, random);
      refusals += outcomeOf(damaged, skops ? 'skops' : 'pickle') === 'refused' ? 1 : 0;
    }
    expect(refusals).toBeGreaterThan(count / 4);
    expect(refusals).toBeLessThan(count);
  }, 600_000);

  it('that hold opcodes at random get a catalogue error or a value', () => {
    const random = seededRandom(20_260_702);
    const opcodes = Buffer.from('(.0122FGIJKLMNRSTUVX]abcd}eghijlopqrstu)', 'latin1');
    for (let i = 0; i < count; i += 1) {
      const bytes = Buffer.alloc(Math.floor(random() * 400));
      for (const [at] of bytes.entries()) {
        const wild = random();
        bytes[at] =
          wild < 0.5
            ? opcodes[Math.floor(random() * opcodes.length)]!
            : wild < 0.8
              ? 0x80 + Math.floor(random() * 0x19)
              : Math.floor(random() * 12);
      }
      outcomeOf(bytes, 'pickle');
    }
  }, 600_000);
});

/** Damages the content of a member and mends its checksum, so that the damage reaches what reads it. */
function mutateMember(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const headers = [...offsetsOf(copy, 'PK\u0001\u0002')];
  const header = headers[Math.floor(random() * headers.length)] ?? 0;
  const local = copy.readUInt32LE(header + 42);
  const start = local + 30 + copy.readUInt16LE(local + 26) + copy.readUInt16LE(local + 28);
  const content = copy.subarray(start, start + copy.readUInt32LE(header + 20));
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const at = Math.floor(random() * content.length);
    content[at] = random() < 0.5 ? 0x30 + Math.floor(random() * 10) : Math.floor(random() * 256);
  }
  if (copy.readUInt16LE(header + 10) === 0) copy.writeUInt32LE(crc32(content), header + 16);
  return copy;
}

function* offsetsOf(bytes: Buffer, wanted: string): Generator<number> {
  for (
    let at = bytes.indexOf(wanted, 0, 'latin1');
    at >= 0;
    at = bytes.indexOf(wanted, at + 1, 'latin1')
  ) {
    yield at;
  }
}

function outcomeOf(bytes: Buffer, format: 'skops' | 'pickle'): 'refused' | 'read' {
  const start = performance.now();
  const outcome = readOrRefuse(bytes, format);
  expect(performance.now() - start).toBeLessThan(longestMs);
  expect(process.memoryUsage().external).toBeLessThan(mostBytes);
  return outcome;
}

function readOrRefuse(bytes: Buffer, format: 'skops' | 'pickle'): 'refused' | 'read' {
  try {
    readPickledModel(bytes, format);
    return 'read';
  } catch (error) {
    if (!isSlipwayError(error, 'MODEL_FILE_INVALID')) throw error;
    return 'refused';
  }
}
