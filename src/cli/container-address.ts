import { containerArguments } from './container-arguments.ts';

/** Where the server of a container that got `args` answers, seen from within. @throws as {@link containerArguments} */
export function containerAddress(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const command = containerArguments(args, variables);
  const host = lastValue(command, ['--host', '-h']);
  const port = lastValue(command, ['--port', '-p']);
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** In each form that the command line knows: `--port 1`, `--port=1`, `-p 1`, `-p1`. */
function lastValue(command: readonly string[], [long, short]: readonly [string, string]): string {
  let value = '';
  for (const [index, argument] of command.entries()) {
    if (argument === long || argument === short) value = command[index + 1] ?? '';
    else if (argument.startsWith(`${long}=`)) value = argument.slice(long.length + 1);
    else if (argument.startsWith(short)) value = argument.slice(short.length);
  }
  return value;
}
