/** Serves a model in a child process that ends when this one does. */
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import type { ServeOptions, ServerHandle } from '../contract/flavor-backend.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { controlFdVariable } from './control-channel.ts';
import { readAddress } from './read-address.ts';
import { serveCommand, serveEnvironment } from './serve-command.ts';

/** Place of the pipe to the child among its descriptors. */
const controlFd = 3;

/**
 * Starts the child and returns at once.
 *
 * @throws SERVER_ENDED when no process can be started
 */
export function serveInChild(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
): ServerHandle {
  const [program, ...args] = serveCommand(uri, serve, options);
  const child = spawn(program, args, {
    stdio: ['ignore', serve.stdout ?? 'inherit', serve.stderr ?? 'inherit', 'pipe'],
    env: { ...serveEnvironment(serve, options), [controlFdVariable]: String(controlFd) },
  });
  const exited = exitCodeOf(child);
  const ready = readAddress(child.stdio[controlFd], exited);
  ready.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) {
    throw slipwayError('SERVER_ENDED', `The server process could not be started: ${program}.`);
  }
  return {
    pid,
    ready,
    stdout: child.stdout,
    stderr: child.stderr,
    wait: () => exited,
    terminate: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code, signal) => {
      const number = signal === null ? 0 : (os.constants.signals[signal] ?? 0);
      resolve(code ?? 128 + number);
    });
  });
}
