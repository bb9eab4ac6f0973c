import { containerArguments } from './container-arguments.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where the server of a container is reached from within, and how. */
export type ContainerAddress =
  | { readonly kind: 'ask'; readonly url: string }
  /** Whoever asks would have to show a certificate, or speaks through a socket: that it takes connections must do. */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number }
  | { readonly kind: 'connect'; readonly path: string };

/** The address for a container that got `args`. @throws as {@link containerArguments} */
export function containerAddress(args: readonly string[], variables: Variables): ContainerAddress {
  const command = containerArguments(args, variables);
  const valueOf = (long: string, variable: string): string =>
    lastValue(command, [long, null]) || (variables[variable] ?? '');
  const path = valueOf('--unix-socket', 'SLIPWAY_UNIX_SOCKET');
  if (path !== '') return { kind: 'connect', path };
  const host = lastValue(command, ['--host', '-h']);
  const port = lastValue(command, ['--port', '-p']);
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  if (valueOf('--tls-client-ca', 'SLIPWAY_TLS_CLIENT_CA') !== '') {
    return { kind: 'connect', host: reachable, port: Number(port) };
  }
  const scheme = valueOf('--tls-cert', 'SLIPWAY_TLS_CERT') === '' ? 'http' : 'https';
  const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
  return { kind: 'ask', url: `${scheme}://${authority}:${port}` };
}

/** In each form that the command line knows: `--port 1`, `--port=1`, `-p 1`, `-p1`. */
function lastValue(
  command: readonly string[],
  [long, short]: readonly [string, string | null],
): string {
  let value = '';
  for (const [index, argument] of command.entries()) {
    if (argument === long || argument === short) value = command[index + 1] ?? '';
    else if (argument.startsWith(`${long}=`)) value = argument.slice(long.length + 1);
    else if (short !== null && argument.startsWith(short)) value = argument.slice(short.length);
  }
  return value;
}
