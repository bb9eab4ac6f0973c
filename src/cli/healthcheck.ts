/** What HEALTHCHECK of an image runs: asks the server of this container for /ping. A program by itself, so that it starts quickly. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type ContainerAddress, containerAddress } from './container-address.ts';

const timeoutMs = 4_000;

void check();

/** Exit code 0 where the server is well; else one line says what is wrong. */
async function check(): Promise<void> {
  process.exitCode = 1;
  try {
    await ask(containerAddress(serverArguments(), process.env));
    process.exitCode = 0;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    process.stdout.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
}

async function ask(address: ContainerAddress): Promise<void> {
  if (address.kind === 'connect') return reach(address);
  // The certificate names the outside, not this address, and nothing secret is sent.
  if (address.url.startsWith('https:')) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  const url = new URL('/ping', address.url);
  const { status } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (status !== 200) throw new Error(`${url.href} answers ${status}`);
}

function reach(address: Extract<ContainerAddress, { kind: 'connect' }>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the server takes no connection')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

/** What the first process of the container was started with; it may have an init before it. */
function serverArguments(): readonly string[] {
  const [, command = ''] = readFileSync('/proc/1/cmdline', 'utf8').split('\0container\0');
  return command.split('\0').filter((argument) => argument !== '');
}
