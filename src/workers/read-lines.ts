import type { Readable } from 'node:stream';
import { LineSplitter } from './line-splitter.ts';

/**
 * Reads a stream line by line. A promise of `onLine` holds the reading back until it is settled, so that a
 * slow log makes the printing process wait instead of filling our memory.
 */
export function readLines(stream: Readable, onLine: (line: string) => Promise<void> | void): void {
  let busy: Promise<void> | null = null;
  const splitter = new LineSplitter((line) => {
    const written = onLine(line);
    if (written instanceof Promise) busy = written;
  });
  stream.on('data', (chunk: Buffer) => {
    splitter.push(chunk);
    if (busy === null) return;
    stream.pause();
    const resume = (): void => void stream.resume();
    busy.then(resume, resume);
    busy = null;
  });
  stream.on('close', () => splitter.end());
  stream.on('error', () => undefined);
}
