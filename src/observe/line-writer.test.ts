import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LineWriter } from './line-writer.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-lines-'));
  folders.push(folder);
  return path.join(folder, 'lines.log');
}

describe('LineWriter', () => {
  it('writes every line once and in order', async () => {
    const file = await newFile();
    const writer = new LineWriter({ fd: openSync(file, 'a') });
    const lines = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`);
    for (const [at, line] of lines.entries()) {
      writer.write(line);
      if (at % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await writer.close();
    expect(readFileSync(file, 'latin1')).toBe(lines.join(''));
    expect(writer.dropped).toBe(0);
  });

  it('writes lines that are longer than its buffers', async () => {
    const file = await newFile();
    const writer = new LineWriter({ fd: openSync(file, 'a') });
    const lines = ['short\n', `${'x'.repeat(600_000)}\n`, 'short again\n'];
    for (const line of lines) writer.write(line);
    await writer.close();
    expect(readFileSync(file, 'latin1')).toBe(lines.join(''));
  });

  it('writes a lonely line after a while', async () => {
    const file = await newFile();
    const writer = new LineWriter({ fd: openSync(file, 'a') });
    writer.write('alone\n');
    while (readFileSync(file, 'latin1') === '') {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await writer.close();
  });

  it('drops what would take too much memory', async () => {
    const file = await newFile();
    const writer = new LineWriter({ fd: openSync(file, 'a'), maxBuffers: 2 });
    const line = `${'x'.repeat(256 * 1024 - 1)}\n`;
    for (let n = 0; n < 10; n++) writer.write(line);
    await writer.close();
    // One is being written, two wait, one is being filled.
    expect(writer.dropped).toBe(2);
    expect(readFileSync(file, 'latin1')).toBe(line.repeat(8));
  });

  it.skipIf(process.platform !== 'linux')('tells once of a full disk, and goes on', async () => {
    const errors: string[] = [];
    const writer = new LineWriter({
      fd: openSync('/dev/full', 'a'),
      onError: ({ message }) => errors.push(message),
    });
    for (let round = 1; round <= 3; round++) {
      writer.write('a\n');
      writer.write('b\n');
      while (writer.dropped < round * 2) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writer.close();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('ENOSPC');
  });
});
