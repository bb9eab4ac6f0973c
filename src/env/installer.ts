/** Command lines of the two installers, uv and pip: data, so that tests can read them without running them. */
import type { PrepareOptions } from '../contract/runtime.ts';
import { interpreterIn } from './interpreter.ts';

/** One program to run. */
export interface InstallCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Variables on top of those that all installers get. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Working folder, where it is not the model's. */
  readonly directory?: string;
}

/** Who makes environments and installs into them. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  /** Makes an empty environment in `directory`, called `prompt` where it names itself. */
  create(directory: string, python: string, prompt: string): InstallCommand;
  /** Installs what the arguments name: `-r FILE`, `-c FILE`. */
  install(directory: string, what: readonly string[]): InstallCommand;
}

type InstallerOptions = Pick<PrepareOptions, 'offline' | 'findLinks'>;

/** pip of the environment itself; `-I` keeps the model's folder, in which it runs, out of its imports. */
export function pipInstaller(options: InstallerOptions): Installer {
  return {
    name: 'pip',
    create: (directory, python, prompt) => ({
      file: python,
      args: ['-I', '-m', 'venv', '--prompt', prompt, directory],
    }),
    install: (directory, what) => ({
      file: interpreterIn(directory),
      args: [
        '-I',
        '-u',
        '-m',
        'pip',
        'install',
        '--progress-bar',
        'off',
        ...(options.offline === true ? ['--no-index'] : []),
        ...linkArguments(options),
        ...what,
      ],
    }),
  };
}

/** uv at `file`. `args` are further options of `uv pip install`. */
export function uvInstaller(
  file: string,
  args: readonly string[],
  options: InstallerOptions,
): Installer {
  return {
    name: 'uv',
    create: (directory, python, prompt) => ({
      file,
      args: ['venv', directory, '--python', python, '--prompt', prompt, '--no-project'],
    }),
    install: (directory, what) => ({
      file,
      args: [
        'pip',
        'install',
        '--python',
        interpreterIn(directory),
        ...args,
        ...uvArguments(options),
        ...what,
      ],
    }),
  };
}

/** `uv sync` of a project folder with uv.lock into the environment in `directory`. The project's own sources are not in a model. */
export function uvSyncCommand(
  file: string,
  directory: string,
  projectFolder: string,
  options: InstallerOptions,
): InstallCommand {
  return {
    file,
    args: [
      'sync',
      '--frozen',
      '--no-dev',
      '--no-install-project',
      '--python',
      interpreterIn(directory),
      ...uvArguments(options),
    ],
    variables: { UV_PROJECT_ENVIRONMENT: directory },
    directory: projectFolder,
  };
}

function uvArguments(options: InstallerOptions): readonly string[] {
  return [...(options.offline === true ? ['--offline'] : []), ...linkArguments(options)];
}

function linkArguments({ findLinks = [] }: InstallerOptions): readonly string[] {
  return findLinks.flatMap((link) => ['--find-links', link]);
}
