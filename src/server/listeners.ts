/** The servers that listen for one application, one an address of the host, and all their connections. */
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { DirectConnections, type DirectOptions } from './direct/direct-connections.ts';
import type { Doors } from './doors/doors.ts';
import { type TlsContext, type TlsFiles, watchTlsFiles } from './doors/tls-files.ts';
import { OpenConnections } from './open-connections.ts';
import type { Report } from './report-unexpected.ts';

/** Servers, added before they listen. */
export class Listeners {
  readonly servers: Server[] = [];
  /** Those connections that Node's HTTP server has not been given. Without TLS only. */
  readonly direct: DirectConnections[] = [];
  readonly connections: OpenConnections = new OpenConnections();
  readonly #tls: TlsFiles | null;
  readonly #directOptions: DirectOptions;

  constructor({ tls }: Doors, directOptions: DirectOptions) {
    this.#tls = tls;
    this.#directOptions = directOptions;
  }

  /** Whether they speak TLS. */
  get isSecure(): boolean {
    return this.#tls !== null;
  }

  add(server: Server): void {
    this.servers.push(server);
    if (!this.isSecure) this.direct.push(new DirectConnections(server, this.#directOptions));
    this.connections.watch(server);
  }

  /** Whenever the files of the certificate change, connections begin with the new one. @returns ends it */
  renewCertificate(report: Report): () => void {
    if (this.#tls === null) return () => undefined;
    const renew = (context: TlsContext): void => {
      for (const server of this.servers) (server as HttpsServer).setSecureContext(context);
    };
    return watchTlsFiles(this.#tls, renew, report);
  }

  /** Cuts off whatever is in flight. */
  closeAll(): void {
    for (const server of this.servers) server.closeAllConnections();
    for (const connections of this.direct) connections.closeAll();
  }
}
