/** What HEALTHCHECK of an image runs: asks the server of this container for /ping. A program by itself, so that it starts quickly. */
import { readFileSync } from 'node:fs';
import { containerAddress } from './container-address.ts';

void check();

/** Exit code 0 where the server answers 200. */
async function check(): Promise<void> {
  process.exitCode = 1;
  try {
    const url = new URL('/ping', containerAddress(serverArguments(), process.env));
    const { status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    if (status === 200) process.exitCode = 0;
    else process.stdout.write(`${url.href} answers ${status}\n`);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    process.stdout.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
}

/** What the first process of the container was started with; it may have an init before it. */
function serverArguments(): readonly string[] {
  const [, command = ''] = readFileSync('/proc/1/cmdline', 'utf8').split('\0container\0');
  return command.split('\0').filter((argument) => argument !== '');
}
