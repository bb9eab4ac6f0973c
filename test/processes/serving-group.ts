/** A built `slipway serve --workers N` under test: its processes, what it printed, and clients that never retry. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { projectRoot } from '../architecture/source-files.ts';

const main = path.join(projectRoot, 'dist/cli/main.js');

/** The bundled example. */
export const exampleModel: string = path.join(projectRoot, 'examples/diabetes/model');

/** A request of two rows to it. */
export const exampleBody: string = readFileSync(
  path.join(exampleModel, 'serving_input_example.json'),
  'utf8',
);

/** Its answer. */
export const exampleAnswer = '{"predictions": [89.09034729003906, 169.91262817382812]}';

/** The running command. */
export interface ServingGroup {
  readonly child: ChildProcess;
  readonly port: number;
  /** What it has printed on stderr so far. */
  readonly errors: () => string;
  /** Resolves with code or signal. */
  readonly ended: Promise<number | string>;
}

/** Starts it and waits for its line. @throws when it ends before */
export async function serveGroup(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ServingGroup> {
  const child = spawn(process.execPath, [main, 'serve', '-p', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const [line] = (await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    ended.then((code) => {
      throw new Error(`serve ended with ${code}: ${errors}`);
    }),
  ])) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return { child, port, errors: () => errors, ended };
}

/** Pids of the processes that a process started (Linux). */
export function childrenOf(pid: number | undefined): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** True while there is such a process. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends one request, without an agent on a connection of its own; rejects where the connection is lost. */
export function ask(
  port: number,
  agent: http.Agent | undefined,
  body: string = exampleBody,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        port,
        host: '127.0.0.1',
        path: '/invocations',
        method: 'POST',
        // Node's own agent would keep the connection, and so the process.
        agent: agent ?? false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text }));
        response.on('error', reject);
        response.on('close', () => {
          if (!response.complete) reject(new Error('the answer broke off'));
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
