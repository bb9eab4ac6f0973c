/** The parent's end of the pipe to a server process: waits for the line with its address. */
import { Duplex } from 'node:stream';
import type { ServerAddress } from '../contract/flavor-backend.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Resolves with the address once the child announces it. The pipe stays open as long as this process lives.
 *
 * @throws SERVER_ENDED when the child ends first
 */
export function readAddress(pipe: unknown, exited: Promise<number>): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    void exited.then((code) =>
      reject(
        slipwayError(
          'SERVER_ENDED',
          `The server process ended with code ${code} before it was ready.`,
          {
            details: { exitCode: code },
          },
        ),
      ),
    );
    if (!(pipe instanceof Duplex)) return;
    let text = '';
    pipe.on('error', () => undefined);
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const address = text.endsWith('\n') ? parseAddress(text) : null;
      if (address !== null) resolve(address);
    });
  });
}

function parseAddress(line: string): ServerAddress | null {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) return null;
  if (!('host' in value) || !('port' in value) || !('url' in value)) return null;
  const { host, port, url } = value;
  if (typeof host !== 'string' || typeof port !== 'number' || typeof url !== 'string') return null;
  const grpcPort = 'grpcPort' in value ? value.grpcPort : undefined;
  const unixSocket = 'unixSocket' in value ? value.unixSocket : undefined;
  return {
    host,
    port,
    url,
    ...(typeof grpcPort === 'number' && { grpcPort }),
    ...(typeof unixSocket === 'string' && { unixSocket }),
  };
}
