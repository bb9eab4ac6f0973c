/** `slipway serve` as a process, and what it says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../architecture/source-files.ts';

const main = path.join(projectRoot, 'dist/cli/main.js');

/** A server process whose models answer. */
export interface ServedProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** That of gRPC; NaN where there is none. */
  readonly grpcPort: number;
  /** What it wrote to stderr so far. */
  readonly errors: () => string;
  /** Code and signal with which it ended. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  /** Ends it, whatever it does. */
  readonly kill: () => Promise<void>;
}

/** Starts it on a free port with `args` and the settings `env`; resolves when it says that it serves. */
export async function startServing(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServedProcess> {
  const child = spawn(
    process.execPath,
    [main, 'serve', '-p', '0', '-h', '127.0.0.1', '--json', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface(child.stdout);
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    ended.then(() => null),
  ]);
  if (line === null) throw new Error(`serve ended: ${errors}`);
  const {
    port,
    url,
    grpcPort = NaN,
  } = JSON.parse(line) as {
    port: number;
    url: string;
    grpcPort?: number;
  };
  return {
    child,
    port,
    url,
    grpcPort,
    errors: () => errors,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Waits for a condition; the test's own time limit bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Does somebody listen on a port of this machine? */
export async function canConnect(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
