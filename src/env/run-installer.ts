/** Runs one command of an installer: progress out, output on or kept, and an error that says what helps. */
import type { PrepareOptions } from '../contract/runtime.ts';
import { redactSecrets } from '../errors/redact-secrets.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { explainInstallerFailure } from './explain-installer-failure.ts';
import type { InstallCommand } from './installer.ts';
import { installerStep } from './installer-progress.ts';
import { type ProgramResult, runProgram } from './run-program.ts';

/** In which a command runs. */
export interface InstallerRun {
  /** Whole environment of the program. */
  readonly environment: NodeJS.ProcessEnv;
  /** Working folder unless the command has its own. */
  readonly directory: string;
  /** For messages. */
  readonly pythonVersion: string;
  /** What is being done, for the message of a failure: `installing the requirements`. */
  readonly task: string;
}

const shownLines = 12;

/**
 * Runs `command` to its end.
 *
 * @throws ENVIRONMENT_FAILED with the last lines, the requirement and what helps
 */
export async function runInstaller(
  command: InstallCommand,
  run: InstallerRun,
  options: Pick<PrepareOptions, 'captureOutput' | 'offline' | 'onProgress' | 'signal'>,
): Promise<ProgramResult> {
  let last = '';
  const onLine = (line: string): void => {
    const text = redactSecrets(line);
    if (options.captureOutput !== true) process.stderr.write(`${text}\n`);
    const step = installerStep(text);
    if (step !== null && step !== last) options.onProgress?.({ step });
    last = step ?? last;
  };
  const result = await runProgram(command.file, command.args, {
    directory: command.directory ?? run.directory,
    environment: { ...run.environment, ...command.variables },
    onLine,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.code !== 0) throw failure(command, run, result, options.offline ?? false);
  return result;
}

function failure(
  { file }: InstallCommand,
  { task, pythonVersion }: InstallerRun,
  { code, tail }: ProgramResult,
  offline: boolean,
): SlipwayError {
  const { requirement, advice } = explainInstallerFailure(tail, { offline, pythonVersion });
  const lines = tail.slice(-shownLines).map(redactSecrets);
  const what = requirement === null ? task : `${task}: ${requirement}`;
  return slipwayError(
    'ENVIRONMENT_FAILED',
    `The environment could not be made: ${what} failed. ${advice}\nLast lines of ${file} (exit code ${code}):\n${lines.map((line) => `  ${line}`).join('\n')}`,
    { details: { requirement, exitCode: code, tail: tail.map(redactSecrets) } },
  );
}
