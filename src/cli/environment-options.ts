/** Options about the environment of a Python model, and what they ask of whoever prepares it. */
import type { Command } from 'commander';
import type { OnProgress, PrepareOptions } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { isOverride, splitOverrides } from '../model/split-overrides.ts';
import { addEnvironmentOptions, type EnvironmentValues } from './common-options.ts';
import { checkEnvManager } from './env-manager.ts';

/** Values of {@link addPrepareOptions}, as commander holds them. */
export interface PrepareValues extends EnvironmentValues {
  readonly python?: string;
  /** False after `--no-uv`. */
  readonly uv: boolean;
  readonly offline?: true;
  readonly findLinks?: readonly string[];
  readonly env?: readonly string[];
  readonly pipRequirementsOverride?: readonly string[];
}

/** `--env-manager`, `--no-conda`, `--install-mlflow` and every other option of an environment. */
export function addPrepareOptions(command: Command): Command {
  return addEnvironmentOptions(command)
    .option('--python <VERSION|PATH>', "Python to use in place of the model's.")
    .option('--no-uv', 'Install with pip although uv is on PATH.')
    .option(
      '--offline',
      'Fetch nothing: install from --find-links and caches, take the model from its cache.',
    )
    .option('--find-links <DIR>', 'Folder or page with wheels; repeatable.', collect)
    .option(
      '-r, --pip-requirements-override <LIST>',
      'Requirements installed last, separated by commas; repeatable.',
      collectOverrides,
    )
    .option('--env <KEY=VALUE>', 'Variable for installers and workers; repeatable.', collectPairs);
}

/** What the values ask for; with `--verbose`, installers print. @throws INVALID_OPTION */
export function readPrepareOptions(values: PrepareValues, onProgress?: OnProgress): PrepareOptions {
  const envManager = checkEnvManager(values.conda ? values.envManager : 'local');
  const { python, findLinks, pipRequirementsOverride, env } = values;
  if (envManager === 'local') refuseForLocal(values);
  return {
    ...(envManager === undefined ? {} : { envManager }),
    ...(python === undefined ? {} : { python }),
    ...(values.uv ? {} : { noUv: true }),
    ...(values.offline === true ? { offline: true } : {}),
    ...(findLinks === undefined ? {} : { findLinks }),
    ...(pipRequirementsOverride === undefined ? {} : { pipRequirementsOverride }),
    ...(env === undefined ? {} : { extraEnvironment: readPairs(env) }),
    ...(values.installMlflow === true ? { installMlflow: true } : {}),
    ...(onProgress === undefined ? {} : { onProgress }),
    captureOutput: values.verbose !== true,
  };
}

/** As MLflow: there is nothing that these could act on. */
function refuseForLocal(values: PrepareValues): void {
  const given = [
    ...(values.pipRequirementsOverride === undefined ? [] : ['--pip-requirements-override']),
    ...(values.env === undefined ? [] : ['--env']),
  ];
  const [name] = given;
  if (name === undefined) return;
  throw slipwayError(
    'INVALID_OPTION',
    `${name} needs an environment, and --env-manager local makes none.`,
  );
}

function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

function collectOverrides(text: string, previous: readonly string[] = []): readonly string[] {
  const parts = splitOverrides(text);
  const wrong = parts.find((part) => !isOverride(part));
  if (wrong === undefined) return [...previous, ...parts];
  throw slipwayError(
    'USAGE',
    `Invalid value for '--pip-requirements-override' / '-r': '${wrong}' is not a requirement.`,
  );
}

function collectPairs(text: string, previous: readonly string[] = []): readonly string[] {
  if (/^[^=]+=/.test(text)) return [...previous, text];
  throw slipwayError(
    'USAGE',
    `Invalid value for '--env': '${text}' is not a key value pair (KEY=VALUE).`,
  );
}

function readPairs(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}
