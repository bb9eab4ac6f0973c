/** Builder, runner and registry for tests: what tools/containers/setup.sh makes in a folder that is removed afterwards. */
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../architecture/source-files.ts';

const runFile = promisify(execFile);
const scripts = path.join(projectRoot, 'tools/containers');

/** What a program printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** The tools, ready. */
export interface ContainerTools {
  readonly folder: string;
  /** Variables under which podman, buildah and skopeo find their settings. */
  readonly environment: NodeJS.ProcessEnv;
  /** `localhost:PORT`. */
  readonly registry: string;
  /** Path of the linter of Dockerfiles. */
  readonly hadolint: string;
  /** Runs a program; rejects when it fails, with what it printed. */
  run(program: string, args: readonly string[]): Promise<Output>;
  close(): void;
}

const needed = ['podman', 'buildah', 'skopeo', 'crun', 'docker-registry', 'umoci', 'mmdebstrap'];

/**
 * Why containers cannot be tested here; null where they can. With CI set, what is missing is installed, and where that
 * is impossible the tests fail.
 */
export const containersMissing: string | null = process.env['CI'] ? null : findMissing();

function findMissing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'root on Linux';
  const missing = needed.filter((program) => !isOnPath(program));
  return missing.length === 0 ? null : missing.join(', ');
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Makes them. `python`: with a base that has Python. */
export async function startContainerTools(
  base: 'node' | 'python' = 'node',
): Promise<ContainerTools> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-containers-'));
  try {
    await runFile('bash', [path.join(scripts, 'setup.sh'), folder, base]);
  } catch (error) {
    remove(folder);
    throw error;
  }
  const environment = { ...process.env, ...readEnvironment(path.join(folder, 'env')) };
  return {
    folder,
    environment,
    registry: environment['REGISTRY'] ?? '',
    hadolint: environment['HADOLINT'] ?? '',
    run: (program, args) =>
      runFile(program, args, { env: environment, maxBuffer: 64 * 2 ** 20, encoding: 'utf8' }),
    close: () => remove(folder),
  };
}

function remove(folder: string): void {
  spawnSync('bash', [path.join(scripts, 'remove.sh'), folder], { stdio: 'inherit' });
}

function readEnvironment(file: string): NodeJS.ProcessEnv {
  const pairs = readFileSync(file, 'utf8').matchAll(/^export (\w+)=(.*)$/gm);
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value]));
}
