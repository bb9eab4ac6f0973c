/** Servers from the registries that speak the languages of artifact stores: SLIPWAY_EMULATORS, or what tools/reference/setup.sh made. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './tracking-server.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
const folder =
  process.env['SLIPWAY_EMULATORS'] ?? path.join(cache, 'slipway-reference', 'emulators');

/** Path of a program of the environment; null where it is not there. With CI set it has to be. */
export function emulatorProgram(...names: readonly string[]): string | null {
  const program = path.join(folder, ...names);
  if (existsSync(program)) return program;
  if (process.env['CI']) throw new Error(`no ${program}: run tools/reference/setup.sh emulators`);
  return null;
}

/** A running emulator. */
export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `program` on a free port, which `args` name as PORT, and waits until it answers. */
export async function startEmulator(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<Emulator> {
  const port = await freePort();
  const emulator = spawn(
    program,
    args.map((arg) => arg.replace('PORT', String(port))),
    { cwd, env: { ...process.env, HOME: cwd }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [emulator.stdout, emulator.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log = `${log}${text}`.slice(-5000)));
  }
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(url).catch(() => null)) === null) {
    if (emulator.exitCode !== null) throw new Error(`${program} ended: ${log}`);
    await sleep(50);
  }
  return { url, stop: () => stop(emulator) };
}

async function stop(emulator: ChildProcess): Promise<void> {
  if (emulator.exitCode !== null || emulator.signalCode !== null) return;
  const closed = once(emulator, 'close');
  emulator.kill();
  const kill = setTimeout(() => emulator.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(kill);
}
