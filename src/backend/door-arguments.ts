/** Doors and limits of a server, as the command line of a server process says them. */
import type { ServeOptions } from '../contract/flavor-backend.ts';

/** Arguments but for the keys, which every user of the machine could read there. */
export function doorArguments(serve: ServeOptions): string[] {
  const { unixSocketMode, allowedHosts = [], corsOrigins = [] } = serve;
  return [
    ...option('--max-body', serve.maxBodyBytes),
    ...option('--header-timeout', serve.headerTimeoutSeconds),
    ...option('--body-timeout', serve.bodyTimeoutSeconds),
    ...option('--keep-alive-timeout', serve.keepAliveTimeoutSeconds),
    ...option('--max-connections', serve.maxConnections),
    ...option('--tls-cert', serve.tlsCert),
    ...option('--tls-key', serve.tlsKey),
    ...option('--tls-client-ca', serve.tlsClientCa),
    ...option('--api-key-file', serve.apiKeyFile),
    ...option('--unix-socket', serve.unixSocket),
    ...option('--unix-socket-mode', unixSocketMode?.toString(8)),
    ...allowedHosts.flatMap((host) => ['--allowed-host', host]),
    ...corsOrigins.flatMap((origin) => ['--cors-origin', origin]),
  ];
}

/** Environment variable with keys, one a line. */
export const apiKeyVariable = 'SLIPWAY_API_KEY';

/** Variables that say the rest. */
export function doorEnvironment({ apiKeys = [] }: ServeOptions): NodeJS.ProcessEnv {
  return apiKeys.length === 0 ? {} : { [apiKeyVariable]: apiKeys.join('\n') };
}

function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}
