/** The packages of a Python model as a layer: a virtual environment over the Python of the base. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerConfig, ImageRecipe, PythonStep } from '../../contract/image-recipe.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { environmentFolder } from '../recipe/python-recipe.ts';
import type { StepContext, StepResult } from './carry-out-step.ts';
import { inspectBase } from './inspect-base.ts';
import { compilePackages } from './compile-packages.ts';
import { installWheels, type WheelInstallation } from './install-wheels.ts';
import { listPackages } from './list-packages.ts';
import { removeTraces, virtualEnvironmentEntries } from './virtual-environment-entries.ts';

/** @throws IMAGE_BUILD_FAILED where conda would have to run, the base has no such Python, or a package no wheel */
export async function pythonLayer(step: PythonStep, context: StepContext): Promise<StepResult> {
  if (step.manager === 'conda') throw noConda();
  const { base, platform, options } = context;
  const { python, interpreter } = await findInterpreter(step, context);
  const folder = path.join(options.workFolder, `python-${platform.architecture}`);
  await mkdir(folder, { recursive: true });
  const packages = path.join(folder, 'site-packages');
  const installation: WheelInstallation = {
    step,
    python,
    platform,
    target: packages,
    workFolder: path.join(folder, 'requirements'),
    ...(options.offline === undefined ? {} : { offline: options.offline }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  await installWheels(installation);
  await removeTraces(packages);
  await compilePackages(installation, `${environmentFolder}/lib/python${python}/site-packages`);
  const sharesPackages = step.manager === 'local';
  const files = { folder: environmentFolder, interpreter, python, packages, sharesPackages };
  return {
    entries: await virtualEnvironmentEntries(files),
    createdBy: `slipway: Python packages for ${base.name ?? 'the base'}`,
    components: await listPackages(packages),
  };
}

/** How the container starts: with the environment, wherever the recipe would have put the packages. */
export function environmentConfig({ steps, config }: ImageRecipe): ContainerConfig {
  if (!steps.some(({ kind }) => kind === 'python')) return config;
  const programs = `${environmentFolder}/bin`;
  const before = [programs, ...config.path.before.filter((folder) => folder !== programs)];
  return {
    ...config,
    env: { ...config.env, VIRTUAL_ENV: environmentFolder },
    path: { ...config.path, before },
  };
}

async function findInterpreter(
  { python }: PythonStep,
  { base, recipe }: StepContext,
): Promise<{ python: string; interpreter: string }> {
  const { pythons } = await inspectBase(base);
  const wanted = python === null ? null : (/^\d+\.\d+/.exec(python)?.[0] ?? python);
  const [only] = pythons.keys();
  const version = wanted ?? only;
  const interpreter = pythons.get(version ?? '');
  if (version !== undefined && interpreter !== undefined) return { python: version, interpreter };
  const there = [...pythons.keys()].join(', ') || 'none';
  throw slipwayError(
    'IMAGE_BUILD_FAILED',
    `${recipe.base.name} has no Python ${version ?? '3'} (there is ${there}), and this builder runs nothing: name a base that has it with --base-image, or use --builder docker, podman or buildah.`,
    { details: { wanted: version, there } },
  );
}

function noConda(): Error {
  return slipwayError(
    'IMAGE_BUILD_FAILED',
    '--env-manager conda runs conda in the image, and this builder runs nothing: leave the option out, or use --builder docker, podman or buildah.',
  );
}
