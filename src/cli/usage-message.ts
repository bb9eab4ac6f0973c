/** What is wrong with a command line, in click's words, which MLflow's users know. */
import { CommanderError } from 'commander';
import { isSlipwayError } from '../errors/slipway-error.ts';

/** The text after `Error: `, or null when `error` is not about usage. */
export function usageMessage(error: unknown): string | null {
  if (isSlipwayError(error, 'USAGE')) return error.message;
  if (!(error instanceof CommanderError)) return null;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return `No such option: ${quoted}`;
    case 'commander.unknownCommand':
      return `No such command '${quoted}'.`;
    case 'commander.missingMandatoryOptionValue':
      return `Missing option ${optionNames(quoted)}.`;
    case 'commander.optionMissingArgument':
      return `Option ${optionNames(quoted)} requires an argument.`;
    case 'commander.excessArguments':
      return 'Got an unexpected extra argument.';
    default:
      return null;
  }
}

/** `-m, --model-uri <URI>` → `'--model-uri' / '-m'`. */
export function optionNames(flags: string): string {
  return flags
    .split(/[ ,]+/)
    .filter((part) => part.startsWith('-'))
    .toReversed()
    .map((name) => `'${name}'`)
    .join(' / ');
}
