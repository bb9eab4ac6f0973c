/** What docker, podman and buildah are told to do: commands as lists of words. */
import type { OnProgress } from '../../contract/runtime.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ContainerTool } from './container-tools.ts';
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
  /** Name for a list of images until it is delivered; nothing else has it. */
  readonly listName: string;
  /** Is anything run in the image as it is built? */
  readonly runsSteps: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** One call of the tool. */
export type ToolCommand = readonly string[];

/** Several platforms make a list of images, which takes commands of its own. */
export function makesList({ platforms }: ToolBuild): boolean {
  return platforms.length > 1;
}

/** Builds, under the first name or as a list. */
export function buildCommand(build: ToolBuild): ToolCommand {
  const { tool, directory, names, platforms, insecure, offline, secrets, listName } = build;
  const [first = ''] = names;
  return [
    tool === 'buildah' ? 'bud' : 'build',
    ...(makesList(build) ? ['--manifest', listName] : ['-t', first]),
    // podman 4.3 leaves out of the list what it finds in its cache.
    ...(makesList(build) && tool === 'podman' ? ['--layers=false'] : []),
    '--platform',
    platforms.join(','),
    ...(insecure && tool !== 'docker' ? ['--tls-verify=false'] : []),
    ...(offline ? [tool === 'buildah' ? '--pull-never' : '--pull=never'] : []),
    ...secrets,
    directory,
  ];
}

/** Gives the image its other names here. */
export function nameCommands({ names }: ToolBuild): readonly ToolCommand[] {
  const [first = '', ...others] = names;
  return others.map((other) => ['tag', first, other]);
}

/** Puts the image where it shall be. @throws INVALID_OPTION */
export function deliverCommands(build: ToolBuild): readonly ToolCommand[] {
  const { tool, names, output, insecure, digestFile } = build;
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
      return names.map((name) => ['push', ...noted, name, layoutPlace(output.folder, name)]);
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

/** Puts a list of images where it shall be; what is named in `docker` stays there. @throws INVALID_OPTION */
export function deliverListCommands(build: ToolBuild): readonly ToolCommand[] {
  const { names, output, insecure, digestFile, listName } = build;
  const push = ['manifest', 'push', '--all', ...(insecure ? ['--tls-verify=false'] : [])];
  const noted = ['--digestfile', digestFile, listName];
  switch (output.kind) {
    case 'docker':
      return names.map((name) => ['tag', listName, name]);
    case 'registry':
      return names.map((name) => [...push, ...noted, `docker://${name}`]);
    case 'oci':
      return names.map((name) => [...push, ...noted, layoutPlace(output.folder, name)]);
    case 'tar':
      throw noArchive();
    default:
      return output satisfies never;
  }
}

/** Copies what was built to a place that can be read here: a layout, of docker an archive. */
export function copyCommand(build: ToolBuild, target: string): ToolCommand {
  const { tool, names, listName } = build;
  const [first = ''] = names;
  if (tool === 'docker') return ['save', '-o', target, first];
  const place = `oci:${target}:copy`;
  return makesList(build) ? ['manifest', 'push', '--all', listName, place] : ['push', first, place];
}

function layoutPlace(folder: string, name: string): string {
  return `oci:${folder}:${name.slice(name.lastIndexOf(':') + 1)}`;
}

function noLayout(): Error {
  return slipwayError(
    'INVALID_OPTION',
    '--builder docker writes no OCI layout: use --output tar:FILE, or --builder oci.',
  );
}

function noArchive(): Error {
  return slipwayError(
    'INVALID_OPTION',
    '--output tar:FILE by podman and buildah holds one platform: use --output oci:FOLDER or registry, or --builder oci.',
  );
}
