import { slipwayError } from '../../errors/slipway-error.ts';

/** What an image runs on. */
export interface ImagePlatform {
  readonly architecture: string;
  readonly os: string;
  /** Of ARM: `v7`, `v8`. */
  readonly variant?: string;
}

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  x86_64: 'amd64',
  aarch64: 'arm64',
  ia32: '386',
};

/** This machine's, as a container on it has it: always Linux. */
export function hostPlatform(): ImagePlatform {
  return { os: 'linux', architecture: architectures[process.arch] ?? process.arch };
}

/**
 * Reads `linux/amd64`, `linux/arm/v7`.
 * @throws IMAGE_NAME_INVALID
 */
export function parsePlatform(text: string): ImagePlatform {
  const [os, named, variant, ...rest] = text.trim().toLowerCase().split('/');
  if (os !== 'linux' || named === undefined || named === '' || rest.length > 0) {
    throw slipwayError(
      'IMAGE_NAME_INVALID',
      `'${text}' is no platform of a Linux container: write linux/amd64 or linux/arm64`,
      { details: { platform: text } },
    );
  }
  const architecture = architectures[named] ?? named;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** `linux/arm64/v8`. */
export function formatPlatform({ os, architecture, variant }: ImagePlatform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join('/');
}

/** True where an image for `offered` is what `wanted` asks for; v8 is what arm64 means without a variant. */
export function fitsPlatform(offered: ImagePlatform, wanted: ImagePlatform): boolean {
  const variantOf = ({ architecture, variant }: ImagePlatform): string =>
    variant ?? (architecture === 'arm64' ? 'v8' : '');
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (wanted.variant === undefined || variantOf(offered) === variantOf(wanted))
  );
}
