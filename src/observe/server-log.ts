/** The server's own lines on stderr: as text for people, or one object of JSON a line, in the form of pino's. */
import { hostname } from 'node:os';
import { logLevels } from './access-log.ts';
import type { LogLevel } from '../contract/observe-options.ts';

/** Writes one line; several lines of text stay one entry. */
export type ServerLog = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

/** What {@link createServerLog} needs. */
export interface ServerLogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  readonly write?: (line: string) => void;
}

/** Makes the log of one server. */
export function createServerLog({
  level,
  format,
  write = (line) => void process.stderr.write(line),
}: ServerLogOptions): ServerLog {
  const lowest = logLevels[level];
  return (lineLevel, msg) => {
    const number = logLevels[lineLevel];
    if (number < lowest) return;
    if (format === 'text') return write(`${msg}\n`);
    const entry = { level: number, time: Date.now(), pid: process.pid, hostname: hostname(), msg };
    write(`${JSON.stringify(entry)}\n`);
  };
}
