/** docker, podman or buildah on the directory that `generate-dockerfile` writes. */
import { readFile, rm } from 'node:fs/promises';
import { runProgram } from '../../env/run-program.ts';
import { redactSecrets } from '../../errors/redact-secrets.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { checkEmulation } from './check-emulation.ts';
import { type ContainerTool, isToolThere } from './container-tools.ts';
import {
  buildCommand,
  copyCommand,
  deliverCommands,
  deliverListCommands,
  makesList,
  nameCommands,
  type ToolBuild,
  type ToolCommand,
} from './tool-build.ts';

/** An image that a tool has built, in its store. */
export interface ToolImage {
  /** Puts it where it shall be. @returns the digest; null where the tool has none: an image in its own store, or in an archive */
  deliver(): Promise<string | null>;
  /** Copies it to `target`: a layout, or docker's archive. */
  copyTo(target: string): Promise<void>;
  /** Takes away what only the build needed. */
  close(): Promise<void>;
}

/**
 * Builds the image. Close it when done.
 * @throws BUILDER_UNAVAILABLE, INVALID_OPTION, IMAGE_BUILD_FAILED; delivering REGISTRY_FAILED
 */
export async function runBuilder(build: ToolBuild): Promise<ToolImage> {
  const { tool, environment } = build;
  if (!(await isToolThere(tool, environment))) throw unavailable(tool);
  checkOptions(build);
  await checkEmulation(build);
  const isList = makesList(build);
  const deliver = isList ? deliverListCommands(build) : deliverCommands(build);
  await run(build, buildCommand(build), 'IMAGE_BUILD_FAILED');
  return {
    deliver: async () => {
      const names = isList ? [] : nameCommands(build);
      for (const command of names) await run(build, command, 'IMAGE_BUILD_FAILED');
      let digest: string | null = null;
      for (const command of deliver) digest = await deliverOnce(build, command);
      return digest;
    },
    copyTo: async (target) =>
      void (await run(build, copyCommand(build, target), 'IMAGE_BUILD_FAILED')),
    close: async () => {
      // The images stay; with the list's other names they are reached, without any they are what a rebuild begins with.
      if (isList) await run(build, ['manifest', 'rm', build.listName], 'IMAGE_BUILD_FAILED');
    },
  };
}

function checkOptions({ tool, platforms, offline }: ToolBuild): void {
  if (tool !== 'docker') return;
  if (platforms.length > 1) {
    throw slipwayError(
      'INVALID_OPTION',
      '--builder docker makes an image for one platform, as not every store of docker holds several; --builder oci, podman and buildah make several at once.',
    );
  }
  if (offline) {
    throw slipwayError(
      'INVALID_OPTION',
      '--builder docker asks the registry for bases as it sees fit; --offline needs --builder oci, podman or buildah.',
    );
  }
}

/** podman and buildah write the digest to a file, docker says it. */
async function deliverOnce(build: ToolBuild, command: ToolCommand): Promise<string | null> {
  const { tool, digestFile } = build;
  await rm(digestFile, { force: true });
  const printed = await run(build, command, 'REGISTRY_FAILED');
  const isNoted = command.includes(digestFile);
  const text = isNoted ? await readFile(digestFile, 'utf8').catch(() => '') : printed.join('\n');
  const digest = /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? null;
  // `buildah manifest push` 1.28 ends with 0 when it failed, and says nothing.
  if (digest === null && isNoted) throw notDelivered(tool, command, printed);
  return tool === 'docker' || isNoted ? digest : null;
}

function notDelivered(
  tool: ContainerTool,
  command: ToolCommand,
  printed: readonly string[],
): SlipwayError {
  const insecure = command.includes('--tls-verify=false')
    ? ''
    : '; a registry without a certificate takes --insecure-registry';
  return slipwayError(
    'REGISTRY_FAILED',
    `${tool} did not push the image to ${command.at(-1) ?? ''}, and does not say why${insecure}.`,
    { details: { tool, tail: printed.map(redactSecrets) } },
  );
}

async function run(
  { tool, environment, onProgress, signal }: ToolBuild,
  args: ToolCommand,
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
