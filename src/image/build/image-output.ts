/** Where a finished image goes. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { namedRegistry } from '../registry/image-reference.ts';

/** Where to. */
export type ImageOutput =
  | { readonly kind: 'registry' }
  | { readonly kind: 'docker' }
  | { readonly kind: 'oci'; readonly folder: string }
  | { readonly kind: 'tar'; readonly file: string };

/**
 * Reads `registry`, `docker`, `oci:FOLDER`, `tar:FILE`.
 * @throws INVALID_OPTION
 */
export function parseImageOutput(text: string): ImageOutput {
  if (text === 'registry' || text === 'docker') return { kind: text };
  const [, kind, rest = ''] = /^(oci|tar):(.+)$/s.exec(text) ?? [];
  if (kind === 'oci') return { kind, folder: rest };
  if (kind === 'tar') return { kind, file: rest };
  throw slipwayError(
    'INVALID_OPTION',
    `--output takes registry, docker, oci:FOLDER or tar:FILE, not '${text}'.`,
    { details: { output: text } },
  );
}

/** Where an image goes that nobody said it of. A name without a host never means a registry: nothing is pushed to Docker Hub by accident. */
export function defaultImageOutput(name: string, hasDaemon: boolean): ImageOutput {
  if (namedRegistry(name) !== null) return { kind: 'registry' };
  if (hasDaemon) return { kind: 'docker' };
  return { kind: 'tar', file: `./${name.replaceAll(/[^\w.-]+/g, '-')}.tar` };
}

/** As {@link parseImageOutput} reads it. */
export function formatImageOutput(output: ImageOutput): string {
  if (output.kind === 'oci') return `oci:${output.folder}`;
  return output.kind === 'tar' ? `tar:${output.file}` : output.kind;
}
