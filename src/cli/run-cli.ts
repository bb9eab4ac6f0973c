/** The command line: parses, runs one command, and turns what went wrong into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { isSlipwayError } from '../errors/slipway-error.ts';
import { addBuildDocker } from './commands/build-docker.ts';
import { addCache } from './commands/cache.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGenerateDockerfile } from './commands/generate-dockerfile.ts';
import { addInspect } from './commands/inspect.ts';
import { addPredict } from './commands/predict.ts';
import { addPrepareEnv } from './commands/prepare-env.ts';
import { addServe } from './commands/serve.ts';
import { addServeStdin } from './commands/serve-stdin.ts';
import { addUpdatePipRequirements } from './commands/update-pip-requirements.ts';
import { addVerify } from './commands/verify.ts';
import { containerArguments } from './container-arguments.ts';
import { describeFailure } from './describe-failure.ts';
import { usageMessage } from './usage-message.ts';
import { slipwayVersion } from '../server/slipway-version.ts';

const addCommands = new Map<string, (parent: Command) => Command>([
  ['serve', addServe],
  ['serve-stdin', addServeStdin],
  ['predict', addPredict],
  ['inspect', addInspect],
  ['verify', addVerify],
  ['prepare-env', addPrepareEnv],
  ['doctor', addDoctor],
  ['update-pip-requirements', addUpdatePipRequirements],
  ['generate-dockerfile', addGenerateDockerfile],
  ['build-docker', addBuildDocker],
]);

/** Runs the command line `args` (without program name); resolves with the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  let current = new Command('slipway');
  try {
    const line = commandLineOf(args);
    const program = createProgram(line[0]);
    current = program;
    program.hook('preSubcommand', (_parent, child) => {
      current = child;
    });
    await program.parseAsync(line, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error, current, args);
  }
}

/** In an image the first word is `container`: what follows, and the environment, say what to do. */
function commandLineOf(args: readonly string[]): readonly string[] {
  return args[0] === 'container' ? containerArguments(args.slice(1)) : args;
}

/**
 * The program with every command, and all of them again under `models`, as MLflow has them. Where the command is
 * known, `only` that one: making all of them takes as long as reading a model.
 */
export function createProgram(only: string = ''): Command {
  const program = new Command('slipway')
    .description('Launches saved MLflow models.')
    .version(slipwayVersion, '--version', 'Show the version and exit.');
  prepare(program);
  const addOnly = addCommands.get(only);
  if (addOnly !== undefined) {
    prepare(addOnly(program));
    return program;
  }
  const models = prepare(new Command('models')).description(
    'The same commands, called as MLflow calls them.',
  );
  for (const parent of [program, models]) {
    for (const add of addCommands.values()) prepare(add(parent));
    prepare(addCache(parent, prepare));
  }
  program.addCommand(models);
  return program;
}

function prepare(command: Command): Command {
  return command
    .helpOption('--help', 'Show this message and exit.')
    .helpCommand(false)
    .showHelpAfterError(false)
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
}

function explain(error: unknown, command: Command, args: readonly string[]): number {
  const usage = usageMessage(error);
  if (usage !== null) {
    const path = pathOf(command);
    process.stderr.write(
      `Usage: ${path} ${command.usage()}\nTry '${path} --help' for help.\n\nError: ${usage}\n`,
    );
    return 2;
  }
  if (error instanceof CommanderError) return error.code === 'commander.help' ? 2 : error.exitCode;
  process.stderr.write(describeFailure(error, args.includes('--verbose')));
  return isSlipwayError(error) ? error.definition.exitCode : 1;
}

function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}
