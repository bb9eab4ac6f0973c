/** docker, podman and buildah on this machine: which can build, which can take an image. */
import { findExecutable } from '../../env/find-executable.ts';
import { runProgram } from '../../env/run-program.ts';

/** Programs that run the steps of a Dockerfile. */
export type ContainerTool = 'docker' | 'podman' | 'buildah';

/** In the order in which they are preferred. */
export const containerTools: readonly ContainerTool[] = ['docker', 'podman', 'buildah'];

const askLimitMs = 10_000;

/** True if the program is there and, for docker, its daemon answers. */
export async function isToolThere(
  tool: ContainerTool,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  if ((await findExecutable(tool, environment)) === null) return false;
  if (tool !== 'docker') return true;
  return hasDockerDaemon(environment);
}

/** The first tool that is there; null where there is none. */
export async function findTool(
  tools: readonly ContainerTool[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ContainerTool | null> {
  for (const tool of tools) if (await isToolThere(tool, environment)) return tool;
  return null;
}

async function hasDockerDaemon(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  try {
    const signal = AbortSignal.timeout(askLimitMs);
    return (await runProgram('docker', args, { environment, signal })).code === 0;
  } catch {
    return false;
  }
}
