/** A container of an image, in the foreground of podman, on a free port of 127.0.0.1. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ContainerTools } from './container-tools.ts';

/** How it is run. Default: read-only root without a writable /tmp, no capability, no new privileges. */
export interface ContainerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of `podman run`. */
  readonly options?: readonly string[];
}

/** A running container, or one that has ended. */
export interface Container {
  readonly name: string;
  /** Address of the server. Rejects, with what it printed, when the container ends first. */
  readonly url: Promise<string>;
  /** Everything that the container has printed so far. */
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** SIGTERM to its first process. @returns exit code */
  stop(): Promise<number>;
}

/** Starts it. */
export function runContainer(
  tools: ContainerTools,
  image: string,
  { args = [], env = {}, options = [] }: ContainerOptions = {},
): Container {
  const name = `t-${randomUUID().slice(0, 8)}`;
  const variables = { HOST: '127.0.0.1', PORT: '0', ...env };
  const child = spawn(
    'podman',
    [
      'run',
      '--rm',
      `--name=${name}`,
      '--read-only',
      '--read-only-tmpfs=false',
      '--cap-drop=all',
      '--security-opt=no-new-privileges',
      ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...options,
      image,
      ...args,
    ],
    { env: tools.environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (code) => resolve(code ?? -1));
  });
  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const found = /http:\/\/[\w.:]+:\d+/.exec(printed)?.[0];
        if (found !== undefined && printed.includes('Serving ')) resolve(found);
      });
    }
    void ended.then((code) => reject(new Error(`the container ended with ${code}: ${printed}`)));
  });
  url.catch(() => undefined);
  return {
    name,
    url,
    // Without systemd podman complains of every image that has a health check.
    output: () => printed.replaceAll(/^time=".*\n/gm, ''),
    ended,
    async stop() {
      await tools.run('podman', ['kill', '--signal', 'TERM', name]);
      return ended;
    },
  };
}

/** A port of 127.0.0.1 that nobody has right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
