/** Options of a server that have to do with its connections, not with its model. */

/** How much a client may send, how long it may take, and how many may come. */
export interface ConnectionLimits {
  /** Largest request body in bytes, as sent and as decoded. Default: 1 GiB (MLflow has none). */
  readonly maxBodyBytes?: number;
  /** How long a client may take to send the head of a request, in seconds. Default: 60, or the time-out if that is less. */
  readonly headerTimeoutSeconds?: number;
  /** How long it may take to send a whole request, in seconds. Default: the time-out of a request. */
  readonly bodyTimeoutSeconds?: number;
  /** How long a connection is kept on which nothing is asked, in seconds. Default: 72. */
  readonly keepAliveTimeoutSeconds?: number;
  /** Connections that a process holds at once; further ones are closed. Default: no limit. */
  readonly maxConnections?: number;
}

/** Who may connect, and how. */
export interface DoorOptions {
  /** PEM file with the certificate; with {@link tlsKey}, the server speaks TLS only. */
  readonly tlsCert?: string;
  /** PEM file with its key. */
  readonly tlsKey?: string;
  /** PEM file with authorities: clients must show a certificate of one of them. */
  readonly tlsClientCa?: string;
  /** Keys of which a request must show one. Default: none, everybody may ask. */
  readonly apiKeys?: readonly string[];
  /** File with such keys, one a line. */
  readonly apiKeyFile?: string;
  /** Origins whose pages may ask; `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /**
   * Names that the Host header may have besides addresses and names without a dot; `*` for all. Default: {@link
   * import('./flavor-backend.ts').ServeOptions.host} only, where that is a loopback address, else all.
   */
  readonly allowedHosts?: readonly string[];
  /** Path of a unix socket to listen on in place of a port. */
  readonly unixSocket?: string;
  /** Its mode, for instance 0o660. Default: what the umask leaves. */
  readonly unixSocketMode?: number;
}
