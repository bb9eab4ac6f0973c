/** Options of a server that have to do with its connections: who may ask, how much, how slowly. */
import { type Command, Option } from 'commander';
import { apiKeyVariable } from '../backend/door-arguments.ts';
import type { ConnectionLimits, DoorOptions } from '../contract/server-options.ts';
import { parseKeys } from '../server/doors/api-keys.ts';
import { takesInteger, takesMode, takesSize } from './parse-value.ts';

/** Values of {@link addDoorOptions}. */
export interface DoorValues {
  readonly maxBody?: number;
  readonly headerTimeout?: number;
  readonly bodyTimeout?: number;
  readonly keepAliveTimeout?: number;
  readonly maxConnections?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly apiKeyFile?: string;
  readonly corsOrigin?: readonly string[];
  readonly allowedHost?: readonly string[];
  readonly unixSocket?: string;
  readonly unixSocketMode?: number;
}

/** `--max-body`, the time-outs, `--tls-…`, `--api-key-file`, `--cors-origin`, `--allowed-host`, `--unix-socket`. */
export function addDoorOptions(command: Command): Command {
  for (const option of [...limitOptions(), ...doorOptions()]) command.addOption(option);
  return command;
}

function limitOptions(): readonly Option[] {
  return [
    takesSize(
      new Option(
        '--max-body <SIZE>',
        'Largest request body, such as 500kB, 100MB, 1GiB (default: 1GiB).',
      ),
    ).env('SLIPWAY_MAX_BODY'),
    takesInteger(
      new Option(
        '--header-timeout <INT>',
        'Seconds for the head of a request (default: 60, at most those for the whole).',
      ),
      1,
    ).env('SLIPWAY_HEADER_TIMEOUT'),
    takesInteger(
      new Option(
        '--body-timeout <INT>',
        'Seconds for a whole request to arrive (default: --timeout).',
      ),
      1,
    ).env('SLIPWAY_BODY_TIMEOUT'),
    takesInteger(
      new Option(
        '--keep-alive-timeout <INT>',
        'Seconds that a connection is kept on which nothing is asked (default: 72).',
      ),
      1,
    ).env('SLIPWAY_KEEP_ALIVE_TIMEOUT'),
    takesInteger(
      new Option(
        '--max-connections <INT>',
        'Connections that a process holds; further ones are closed (default: no limit).',
      ),
      1,
    ).env('SLIPWAY_MAX_CONNECTIONS'),
  ];
}

function doorOptions(): readonly Option[] {
  return [
    new Option('--tls-cert <FILE>', 'Speak TLS, with this certificate (PEM).').env(
      'SLIPWAY_TLS_CERT',
    ),
    new Option('--tls-key <FILE>', 'Its key (PEM).').env('SLIPWAY_TLS_KEY'),
    new Option(
      '--tls-client-ca <FILE>',
      'Authorities (PEM) of whose certificates clients must show one.',
    ).env('SLIPWAY_TLS_CLIENT_CA'),
    new Option(
      '--api-key-file <FILE>',
      `Keys, one a line, of which a request must show one (env: SLIPWAY_API_KEY_FILE, or the keys in ${apiKeyVariable}).`,
    ),
    new Option('--cors-origin <ORIGIN>', 'Origin whose pages may ask, * for all; repeatable.')
      .env('SLIPWAY_CORS_ORIGIN')
      .argParser(collectList),
    new Option(
      '--allowed-host <NAME>',
      'Name that the Host header may have, * for any; repeatable. Checked on loopback addresses, else if given.',
    )
      .env('SLIPWAY_ALLOWED_HOST')
      .argParser(collectList),
    new Option('--unix-socket <PATH>', 'Listen on a unix socket in place of a port.').env(
      'SLIPWAY_UNIX_SOCKET',
    ),
    takesMode(new Option('--unix-socket-mode <MODE>', 'Mode of the socket, such as 660.')).env(
      'SLIPWAY_UNIX_SOCKET_MODE',
    ),
  ];
}

/** What the values and the variables ask for. */
export function doorOptionsOf(
  values: DoorValues,
  environment: NodeJS.ProcessEnv = process.env,
): ConnectionLimits & DoorOptions {
  const apiKeyFile = values.apiKeyFile ?? environment['SLIPWAY_API_KEY_FILE'];
  const apiKeys = parseKeys(environment[apiKeyVariable] ?? '');
  return definedOnly({
    maxBodyBytes: values.maxBody,
    headerTimeoutSeconds: values.headerTimeout,
    bodyTimeoutSeconds: values.bodyTimeout,
    keepAliveTimeoutSeconds: values.keepAliveTimeout,
    maxConnections: values.maxConnections,
    tlsCert: values.tlsCert,
    tlsKey: values.tlsKey,
    tlsClientCa: values.tlsClientCa,
    apiKeyFile: apiKeyFile === '' ? undefined : apiKeyFile,
    apiKeys: apiKeys.length === 0 ? undefined : apiKeys,
    corsOrigins: values.corsOrigin,
    allowedHosts: values.allowedHost,
    unixSocket: values.unixSocket,
    unixSocketMode: values.unixSocketMode,
  });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(values: T): Defined<T> {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Defined<T>;
}

/** Several may stand in one, separated by commas, as a variable has them. */
function collectList(text: string, previous: readonly string[] = []): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...previous, ...parts.filter((part) => part !== '')];
}
