/** docker, podman or buildah on the directory that `generate-dockerfile` writes. */
import { readFile } from 'node:fs/promises';
import { runProgram } from '../../env/run-program.ts';
import type { OnProgress } from '../../contract/runtime.ts';
import { redactSecrets } from '../../errors/redact-secrets.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { type ContainerTool, isToolThere } from './container-tools.ts';
import type { ImageOutput } from './image-output.ts';

/** What is built, and where it goes. */
export interface ToolBuild {
  readonly tool: ContainerTool;
  /** With the Dockerfile. */
  readonly directory: string;
  /** Names with their tags, at least one. */
  readonly names: readonly string[];
  /** `linux/amd64`. */
  readonly platforms: readonly string[];
  readonly output: ImageOutput;
  readonly insecure: boolean;
  /** Build upon a base that is here already. */
  readonly offline: boolean;
  /** Arguments that name secrets of the build. */
  readonly secrets: readonly string[];
  /** Absent file, for what the tool says of the digest. */
  readonly digestFile: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Builds and delivers.
 * @returns the digest; null where the tool has none: an image in its own store, or in an archive
 * @throws BUILDER_UNAVAILABLE, INVALID_OPTION, IMAGE_BUILD_FAILED, REGISTRY_FAILED
 */
export async function runBuilder(build: ToolBuild): Promise<string | null> {
  const { tool, environment } = build;
  if (!(await isToolThere(tool, environment))) throw unavailable(tool);
  if (build.platforms.length > 1) {
    throw slipwayError(
      'INVALID_OPTION',
      `--builder ${tool} makes an image for one platform; --builder oci makes several at once.`,
    );
  }
  if (build.offline && tool === 'docker') {
    throw slipwayError(
      'INVALID_OPTION',
      '--builder docker asks the registry for bases as it sees fit; --offline needs --builder oci, podman or buildah.',
    );
  }
  const [first = ''] = build.names;
  await run(build, buildArguments(build), 'IMAGE_BUILD_FAILED');
  for (const other of build.names.slice(1))
    await run(build, ['tag', first, other], 'IMAGE_BUILD_FAILED');
  let pushed: readonly string[] = [];
  for (const args of deliverArguments(build)) pushed = await run(build, args, 'REGISTRY_FAILED');
  return digestOf(build, pushed);
}

/** podman and buildah write it to a file, docker says it. */
async function digestOf(
  { tool, digestFile }: ToolBuild,
  printed: readonly string[],
): Promise<string | null> {
  const text =
    tool === 'docker' ? printed.join('\n') : await readFile(digestFile, 'utf8').catch(() => '');
  return /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? null;
}

function buildArguments({
  tool,
  directory,
  names,
  platforms,
  insecure,
  offline,
  secrets,
}: ToolBuild): readonly string[] {
  const [first = ''] = names;
  return [
    tool === 'buildah' ? 'bud' : 'build',
    '-t',
    first,
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...(insecure && tool !== 'docker' ? ['--tls-verify=false'] : []),
    ...(offline ? [tool === 'buildah' ? '--pull-never' : '--pull=never'] : []),
    ...secrets,
    directory,
  ];
}

function deliverArguments({
  tool,
  names,
  output,
  insecure,
  digestFile,
}: ToolBuild): readonly (readonly string[])[] {
  const [first = ''] = names;
  const trust = insecure && tool !== 'docker' ? ['--tls-verify=false'] : [];
  const noted = tool === 'docker' ? [] : ['--digestfile', digestFile];
  switch (output.kind) {
    case 'docker':
      return [];
    case 'registry':
      return names.map((name) => ['push', ...trust, ...noted, name]);
    case 'oci':
      if (tool === 'docker') throw noLayout();
      return names.map((name) => ['push', ...noted, name, `oci:${output.folder}:${tagOf(name)}`]);
    case 'tar':
      return [
        tool === 'buildah'
          ? ['push', first, `docker-archive:${output.file}:${first}`]
          : ['save', '-o', output.file, ...names],
      ];
    default:
      return output satisfies never;
  }
}

function tagOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

async function run(
  { tool, environment, onProgress, signal }: ToolBuild,
  args: readonly string[],
  code: 'IMAGE_BUILD_FAILED' | 'REGISTRY_FAILED',
): Promise<readonly string[]> {
  const result = await runProgram(tool, args, {
    environment,
    onLine: (line) => onProgress?.({ step: redactSecrets(line) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.code === 0) return result.tail;
  const tail = result.tail.map(redactSecrets);
  const last =
    tail.findLast((line) => /error|fail|denied|unauthorized|no such/i.test(line)) ?? tail.at(-1);
  throw slipwayError(
    code,
    `${tool} ${args[0] ?? ''} failed with exit code ${result.code}: ${last ?? ''}`,
    {
      details: { tool, exitCode: result.code, tail },
    },
  );
}

/** The error for a tool that is not there; says what to use in its place. */
export function unavailable(tool: ContainerTool): SlipwayError {
  const reason = tool === 'docker' ? 'no Docker daemon answers' : `${tool} is not on PATH`;
  return slipwayError(
    'BUILDER_UNAVAILABLE',
    `--builder ${tool}: ${reason}. Use --builder oci, which needs neither daemon nor root, or build the directory of generate-dockerfile elsewhere.`,
    { details: { tool } },
  );
}

function noLayout(): SlipwayError {
  return slipwayError(
    'INVALID_OPTION',
    '--builder docker writes no OCI layout: use --output tar:FILE, or --builder oci.',
  );
}
