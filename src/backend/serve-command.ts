/** The command line of a server process: this Node, this package, the same options. */
import { fileURLToPath } from 'node:url';
import type { ScoringLimits, ServeOptions } from '../contract/flavor-backend.ts';
import { type CommandLine, withParentDeathSignal } from '../workers/parent-death-signal.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';

/**
 * Flags of Node for a serving process: a small young generation halves its memory at no cost in requests,
 * and takes effect only where the flag is there before the heap grows (docs/adr).
 */
export const serveNodeFlags: readonly string[] = ['--max-semi-space-size=1'];

/** Program and arguments. */
export function serveCommand(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
): CommandLine {
  const args = [...serveNodeFlags, mainPath(), ...serveArguments(uri, serve, options)];
  return withParentDeathSignal([process.execPath, ...args], 'TERM');
}

function serveArguments(
  uri: string,
  { port, host, timeoutSeconds, enableMlserver, ...limits }: ServeOptions,
  { runtime, compat, lenientTypes, nonFinite }: ResolvedBackendOptions,
): string[] {
  const args = ['serve', '-m', uri, '--port', String(port), '--host', host ?? 'localhost'];
  if (timeoutSeconds !== undefined) args.push('--timeout', String(timeoutSeconds));
  args.push('--runtime', runtime, '--compat', compat, '--non-finite', nonFinite);
  if (lenientTypes) args.push('--lenient-types');
  if (enableMlserver === true) args.push('--enable-mlserver');
  return [...args, ...queueArguments(limits)];
}

function queueArguments({
  maxQueue,
  batching,
  batchMaxRows,
  batchMaxWaitMs,
}: ScoringLimits): string[] {
  const args: string[] = [];
  if (maxQueue !== undefined) args.push('--max-queue', String(maxQueue));
  if (batchMaxRows !== undefined) args.push('--batch-max-rows', String(batchMaxRows));
  if (batchMaxWaitMs !== undefined) args.push('--batch-max-wait-ms', String(batchMaxWaitMs));
  if (batching === false) args.push('--no-batching');
  return args;
}

/** The built command line; beside this file, or in `dist` when this runs from source. */
function mainPath(): string {
  const built = import.meta.url.endsWith('.ts') ? '../../dist/cli/main.js' : '../cli/main.js';
  return fileURLToPath(new URL(built, import.meta.url));
}
