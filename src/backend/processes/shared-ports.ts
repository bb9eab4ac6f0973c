/**
 * The ports of several serving processes, held by their supervisor: they stay open whichever process ends. It accepts
 * connections and reads nothing of them.
 */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import net from 'node:net';
import type { ServeOptions, ServerAddress } from '../../contract/flavor-backend.ts';
import { removeStaleSocket, setSocketMode } from '../../server/doors/unix-socket.ts';
import { grpcListenFailure } from '../../server/grpc/listen-grpc.ts';
import { addressAt, listenFailure, socketFailure } from '../../server/listen.ts';
import { untilQuiet } from '../../server/until-quiet.ts';
import { grpcPortOf } from '../open-grpc.ts';
import type { Connection, Door } from './connection-turns.ts';

/** Ports that are open. */
export interface SharedPorts {
  readonly address: ServerAddress;
  /** Gets every connection; to be set in the turn of the event loop in which the ports are there. */
  onConnection: (connection: Connection) => void;
  /** Resolves when nobody has connected for a moment while `isIdle`: whoever waited at the ports has been let in. */
  untilQuiet(isIdle: () => boolean): Promise<void>;
  /** Takes no more connections. */
  close(): void;
}

/** Opens them. @throws PORT_IN_USE, LISTEN_FAILED */
export async function openSharedPorts(serve: ServeOptions): Promise<SharedPorts> {
  const servers: net.Server[] = [];
  const ports = {
    onConnection: ({ socket }: Connection): void => void socket.destroy(),
    untilQuiet: (isIdle: () => boolean) => untilQuiet(servers, isIdle),
    close: () => {
      for (const server of servers) server.close();
    },
  };
  const open = async (door: Door, place: net.ListenOptions): Promise<number> => {
    // As Node's server of HTTP has its connections.
    const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    server.on('connection', (socket) => {
      // What happens to it, the process to which it goes will see.
      socket.on('error', () => undefined);
      ports.onConnection({ door, socket });
    });
    server.listen(place);
    await once(server, 'listening');
    // One that could not be accepted is no reason to end.
    server.on('error', () => undefined);
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  try {
    const address = await openMain(serve, open);
    return Object.assign(ports, { address: { ...address, ...(await openGrpcPort(serve, open)) } });
  } catch (error) {
    ports.close();
    throw error;
  }
}

type Open = (door: Door, place: net.ListenOptions) => Promise<number>;

async function openMain(serve: ServeOptions, open: Open): Promise<ServerAddress> {
  const { host = 'localhost', port, unixSocket, unixSocketMode, tlsCert } = serve;
  const isSecure = tlsCert !== undefined;
  if (unixSocket === undefined) {
    const bound = await openEverywhere('http', host, port, open).catch((error: unknown) => {
      throw listenFailure(error, host, port);
    });
    return addressAt({ host, port: bound, isSecure });
  }
  await removeStaleSocket(unixSocket);
  try {
    await open('http', { path: unixSocket });
    setSocketMode(unixSocket, unixSocketMode);
  } catch (error) {
    throw socketFailure(error, unixSocket);
  }
  return addressAt({ host, port: 0, unixSocket });
}

async function openGrpcPort(
  serve: ServeOptions,
  open: Open,
): Promise<Pick<ServerAddress, 'grpcPort'>> {
  const port = grpcPortOf(serve);
  if (port === null) return {};
  const { host = 'localhost' } = serve;
  try {
    return { grpcPort: await openEverywhere('grpc', host, port, open) };
  } catch (error) {
    throw grpcListenFailure(error, host, port);
  }
}

/** `localhost` may be several addresses; the first one counts, the others get the same port where they can. */
async function openEverywhere(door: Door, host: string, port: number, open: Open): Promise<number> {
  if (host !== 'localhost') return open(door, { host, port });
  const [first, ...others] = await lookup(host, { all: true });
  const bound = await open(door, { host: first?.address ?? host, port });
  for (const { address } of others) {
    await open(door, { host: address, port: bound }).catch(() => undefined);
  }
  return bound;
}
