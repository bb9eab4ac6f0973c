/** Makes a virtual environment aside and renames it into place: it is there complete, or not at all. */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { PrepareOptions } from '../contract/runtime.ts';
import { demandedPackages } from './check-environment.ts';
import type { EnvironmentPlan } from './environment-plan.ts';
import { findPython } from './find-python.ts';
import { type InstallCommand, uvSyncCommand } from './installer.ts';
import { type Interpreter, interpreterIn } from './interpreter.ts';
import type { InstallerChoice } from './choose-installer.ts';
import { relocateEnvironment } from './relocate-environment.ts';
import { type InstallerRun, runInstaller } from './run-installer.ts';
import { warmEnvironment } from './warm-environment.ts';

/** Folder within the root for what is not an environment: locks, and environments that are being made. */
export const workFolderName = '.slipway';

/**
 * Makes the environment of `plan`, in place of one that may stand there. Hold its lock.
 *
 * @throws PYTHON_NOT_FOUND, ENVIRONMENT_FAILED
 */
export async function buildEnvironment(
  plan: EnvironmentPlan,
  { installer, uv, environment }: InstallerChoice,
  options: PrepareOptions,
): Promise<void> {
  const python = await findPython({ wanted: plan.python, uv, environment }, options);
  const work = path.join(plan.root, workFolderName);
  const name = path.basename(plan.directory);
  const aside = path.join(work, `${name}.build-${process.pid}-${randomUUID().slice(0, 8)}`);
  await removeLeftovers(work, name);
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'slipway-env-'));
  try {
    const context = { plan, installer, uv, environment, options, aside, scratch, python };
    await install(context);
    await warm(context);
    await relocateEnvironment(aside, plan.directory);
    await replaceFolder(aside, plan.directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await removeQuietly(aside);
  }
}

interface BuildContext extends InstallerChoice {
  readonly plan: EnvironmentPlan;
  readonly options: PrepareOptions;
  readonly aside: string;
  /** For files that installers read. */
  readonly scratch: string;
  readonly python: Interpreter;
}

async function install(context: BuildContext): Promise<void> {
  const { plan, installer, options, aside, python } = context;
  const { onProgress } = options;
  const name = path.basename(plan.directory);
  for (const note of plan.spec.notes) onProgress?.({ step: `note: ${note}` });
  onProgress?.({
    step: `making ${plan.directory} with Python ${python.version} and ${installer.name}`,
  });
  await mkdir(path.dirname(aside), { recursive: true });
  await run(context, 'making the environment', installer.create(aside, python.file, name));
  if (plan.usesLockFile) await sync(context);
  else {
    await installLines(context, 'installing the build dependencies', plan.spec.buildDependencies);
    await installLines(context, 'installing the requirements', plan.spec.dependencies);
  }
  await installLines(context, 'installing the overrides', plan.overrides);
  await installLines(context, 'installing MLflow', plan.mlflow ?? []);
}

async function installLines(
  context: BuildContext,
  task: string,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const { plan, installer, aside, scratch, options } = context;
  const named = lines.map((line) => fileArguments(line, plan.modelDirectory));
  const others = lines.filter((_, index) => named[index] === null);
  const file = path.join(scratch, `requirements-${randomUUID().slice(0, 8)}.txt`);
  if (others.length > 0) await writeFile(file, `${others.join('\n')}\n`);
  options.onProgress?.({ step: task });
  const what = [...named.flatMap((one) => one ?? []), ...(others.length > 0 ? ['-r', file] : [])];
  await run(context, task, installer.install(aside, what));
}

/** `-r requirements.txt` is meant from the model's folder; as an argument its path may hold spaces. */
function fileArguments(line: string, folder: string): readonly string[] | null {
  const match = /^\s*(?:-(r|c)|--(r)equirement|--(c)onstraint)[\s=]+(.*\S)/.exec(line);
  if (match === null) return null;
  const [, short, requirement, constraint, file = ''] = match;
  return [`-${short ?? requirement ?? constraint ?? 'r'}`, path.resolve(folder, file)];
}

/** Source: mlflow/utils/uv_utils.py `setup_uv_sync_environment` 3.17.2. */
async function sync(context: BuildContext): Promise<void> {
  const { plan, uv, options, aside, scratch } = context;
  if (uv === null) return;
  const project = path.join(scratch, 'project');
  await mkdir(project);
  for (const name of ['uv.lock', 'pyproject.toml']) {
    await cp(path.join(plan.modelDirectory, name), path.join(project, name));
  }
  options.onProgress?.({ step: 'installing what uv.lock says' });
  await run(context, 'uv sync', uvSyncCommand(uv, aside, project, options));
}

/** pip compiles everything by itself. */
async function warm({ plan, installer, aside, environment, options }: BuildContext): Promise<void> {
  if (installer.name === 'pip' || environment['UV_COMPILE_BYTECODE']) return;
  const names = demandedPackages(plan).map(({ name }) => name);
  options.onProgress?.({ step: 'compiling what the model imports' });
  await warmEnvironment(interpreterIn(aside), names, options.signal);
}

async function run(context: BuildContext, task: string, command: InstallCommand): Promise<void> {
  const { plan, environment, options, python } = context;
  const place: InstallerRun = {
    environment,
    directory: plan.modelDirectory,
    pythonVersion: python.version,
    task,
  };
  await runInstaller(command, place, options);
}

/** What stands there is moved away first; a crash in between leaves nothing, which is built again. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`;
  const isThere = await stat(to).then(
    () => true,
    () => false,
  );
  if (isThere) await rename(to, old);
  await rename(from, to);
  if (isThere) await removeQuietly(old);
}

/** What builds of this environment left that were killed; its lock is held, so none of them runs. */
async function removeLeftovers(work: string, name: string): Promise<void> {
  for (const entry of await readdir(work).catch(() => [])) {
    if (entry.startsWith(`${name}.build-`)) await removeQuietly(path.join(work, entry));
  }
}

/** An installer that outlived its parent may still write there; the next build removes the rest. */
async function removeQuietly(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
}
