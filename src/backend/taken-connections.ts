import type { Socket } from 'node:net';
import type { ServerAddress } from '../contract/flavor-backend.ts';

/** Serves a connection of which nothing has been read. */
export type TakeConnection = (socket: Socket) => void;

/** Ports that another process holds, and hands over the connections of. */
export interface TakenConnections {
  /** Where they are. */
  readonly address: ServerAddress;
  /** Takes connections from now on. */
  begin(takers: { readonly http: TakeConnection; readonly grpc: TakeConnection | null }): void;
}
