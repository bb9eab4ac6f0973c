/** A model's packages into a folder, for a platform that need not be this one: from wheels, so that nothing is run. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PythonStep } from '../../contract/image-recipe.ts';
import type { OnProgress } from '../../contract/runtime.ts';
import { chooseInstaller } from '../../env/choose-installer.ts';
import { explainInstallerFailure } from '../../env/explain-installer-failure.ts';
import { installerStep } from '../../env/installer-progress.ts';
import { listPythons } from '../../env/list-pythons.ts';
import { type ProgramResult, runProgram } from '../../env/run-program.ts';
import { redactSecrets } from '../../errors/redact-secrets.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { formatPlatform, type ImagePlatform } from '../oci/platform.ts';

/** What is installed, where, and for what. */
export interface WheelInstallation {
  readonly step: PythonStep;
  /** `3.11`. */
  readonly python: string;
  readonly platform: ImagePlatform;
  /** Empty folder for what the installer reads. */
  readonly workFolder: string;
  /** Folder that becomes `site-packages`. */
  readonly target: string;
  readonly offline?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** The C library of Debian 10 and of what came after: wheels for older ones fit as well. */
const newestGlibc = 28;
const oldestGlibc = 5;

/** @throws IMAGE_BUILD_FAILED with the package that has no wheel, and which builder runs steps */
export async function installWheels(installation: WheelInstallation): Promise<void> {
  const { workFolder, target, onProgress, signal } = installation;
  const files = await writeRequirements(installation);
  const { file, args, environment } = await installerCommand(installation, files);
  await mkdir(target, { recursive: true });
  let last = '';
  const result = await runProgram(file, args, {
    directory: workFolder,
    environment,
    onLine: (line) => {
      const step = installerStep(redactSecrets(line));
      if (step !== null && step !== last) onProgress?.({ step });
      last = step ?? last;
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.code !== 0) throw failure(installation, result);
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** uv where it is there: pip takes the markers of requirements for those of the Python that runs it. */
async function installerCommand(
  { python, platform, target, offline = false }: WheelInstallation,
  files: readonly string[],
): Promise<Command> {
  const { uv, environment } = await chooseInstaller({ offline });
  const machine = machines[platform.architecture] ?? platform.architecture;
  if (uv !== null) {
    const args = [
      'pip',
      'install',
      '--target',
      target,
      '--python-version',
      python,
      '--python-platform',
      `${machine}-manylinux_2_${newestGlibc}`,
      '--only-binary',
      ':all:',
      '--link-mode',
      'copy',
      ...(offline ? ['--offline'] : []),
      ...files,
    ];
    return { file: uv, args, environment };
  }
  const found = (await listPythons(environment)).find(({ version }) =>
    version.startsWith(`${python}.`),
  );
  if (found === undefined) throw noInstaller(python);
  const args = [
    '-I',
    '-m',
    'pip',
    'install',
    '--no-compile',
    '--target',
    target,
    '--only-binary=:all:',
    '--python-version',
    python,
    '--implementation',
    'cp',
    ...platformTags(machine).flatMap((tag) => ['--platform', tag]),
    ...(offline ? ['--no-index'] : []),
    ...files,
  ];
  return { file: found.file, args, environment };
}

/** pip takes exactly the tags that it is told. */
function platformTags(machine: string): readonly string[] {
  const count = newestGlibc - oldestGlibc + 1;
  const numbered = Array.from(
    { length: count },
    (_, at) => `manylinux_2_${newestGlibc - at}_${machine}`,
  );
  const older = ['manylinux2014', 'manylinux2010', 'manylinux1'].map((tag) => `${tag}_${machine}`);
  return [...numbered, ...older, `linux_${machine}`];
}

/** Writes what the installer reads into the folder in which it runs; gives its arguments. */
async function writeRequirements({
  step,
  workFolder,
}: WheelInstallation): Promise<readonly string[]> {
  await mkdir(workFolder, { recursive: true });
  for (const { source, target } of step.files) {
    await cp(source, path.join(workFolder, target), { recursive: true });
  }
  // The base has a pip, and nothing is installed in the image later.
  const tools = step.buildDependencies.filter((line) => !/^pip\b/i.test(line));
  const lines = [...tools, ...step.requirements, ...step.additions];
  await writeFile(path.join(workFolder, 'requirements.txt'), `${lines.join('\n')}\n`);
  if (step.constraints.length === 0) return ['-r', 'requirements.txt'];
  await writeFile(path.join(workFolder, 'constraints.txt'), `${step.constraints.join('\n')}\n`);
  return ['-r', 'requirements.txt', '-c', 'constraints.txt'];
}

const noWheel =
  /Because ([\w.-]+(?:==\S+)?) has no (?:usable )?wheels|no wheels with a matching|Could not find a version that satisfies the requirement ([^\s(]+)|only-binary|source distribution|Building source distributions is disabled/;

function failure(
  { python, platform, offline = false }: WheelInstallation,
  { code, tail }: ProgramResult,
): SlipwayError {
  const lines = tail.map(redactSecrets);
  const { requirement, advice } = explainInstallerFailure(lines, {
    offline,
    pythonVersion: python,
  });
  const named = noWheel.exec(lines.join('\n'));
  const what = named?.slice(1).find((part) => part !== undefined) ?? requirement;
  const where = `Python ${python} on ${formatPlatform(platform)}`;
  const message =
    named === null
      ? `The packages for ${where} could not be installed${what === null ? '' : ` (${what})`}: ${advice}`
      : `${what ?? 'A package'} has no wheel for ${where}, and this builder runs nothing: use --builder docker, podman or buildah, which build it from its source, or another version of it`;
  return slipwayError('IMAGE_BUILD_FAILED', message, {
    details: { requirement: what, exitCode: code, tail: lines },
  });
}

function noInstaller(python: string): SlipwayError {
  return slipwayError(
    'IMAGE_BUILD_FAILED',
    `Installing for Python ${python} needs uv (pip install uv) or a Python ${python} here; or use --builder docker, podman or buildah.`,
  );
}
