/** Who does the work: uv where it is on PATH, whatever the manager is called, else pip. */
import type { PrepareOptions } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { findExecutable } from './find-executable.ts';
import { installerEnvironment } from './installer-environment.ts';
import { type Installer, pipInstaller, uvInstaller } from './installer.ts';
import { uvSettings } from './pip-settings.ts';

/** The installer and how it is run. */
export interface InstallerChoice {
  readonly installer: Installer;
  /** Path of uv; null where it is not used. */
  readonly uv: string | null;
  /** The whole environment of its processes: this process's own, `--env`, and pip's settings in uv's words. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Chooses the installer for the managers `virtualenv` and `uv`.
 *
 * @throws ENV_MANAGER_UNAVAILABLE for `uv` without uv, INVALID_OPTION for `uv` with `noUv`
 */
export async function chooseInstaller(options: PrepareOptions): Promise<InstallerChoice> {
  const environment = installerEnvironment(options);
  const uv = await findUv(options);
  if (uv === null) return { installer: pipInstaller(options), uv, environment };
  const { variables, args } = await uvSettings(environment);
  return {
    installer: uvInstaller(uv, args, options),
    uv,
    environment: { ...environment, ...variables },
  };
}

/** Path of uv where it is to be used; null where pip does the work. */
export async function findUv(options: PrepareOptions): Promise<string | null> {
  const isAsked = options.envManager === 'uv';
  if (options.noUv === true) {
    if (!isAsked) return null;
    throw slipwayError('INVALID_OPTION', '--env-manager uv and --no-uv exclude each other.');
  }
  const environment = { ...process.env, ...options.extraEnvironment };
  const uv = await findExecutable('uv', environment);
  if (uv !== null || !isAsked) return uv;
  throw slipwayError(
    'ENV_MANAGER_UNAVAILABLE',
    '--env-manager uv: uv is not on PATH. Install it (pip install uv), or use --env-manager virtualenv, which works without.',
  );
}
