import { once } from 'node:events';

let draining: Promise<void> | null = null;

/** Writes a line to our own stderr; returns a promise while that is slower than who prints. */
export function writeToStderr(line: string): Promise<void> | void {
  if (process.stderr.write(`${line}\n`)) return;
  draining ??= drained();
  return draining;
}

async function drained(): Promise<void> {
  await once(process.stderr, 'drain');
  draining = null;
}
