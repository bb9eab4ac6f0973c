/** The documents of an image as other programs wrote them: manifest, index, config. Checked before anything is believed. */
import { z } from 'zod';
import { slipwayError } from '../../errors/slipway-error.ts';
import { isDigest } from './digest.ts';
import type { StoredDocument } from './stored-blob.ts';

const digest = z.string().refine(isDigest, 'not a sha256 digest');

const platform = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
});

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).nullish(),
  platform: platform.nullish(),
});

const manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor).max(1000),
});

const index = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptor).max(1000),
});

const strings = z.array(z.string());

const history = z.looseObject({ empty_layer: z.boolean().optional() });

const config = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      Env: strings.nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(digest) }),
  history: z.array(history).nullish(),
});

/** One image: its config and its layers. */
export interface Manifest {
  readonly config: NamedContent;
  readonly layers: readonly NamedContent[];
}

/** Several images. */
export interface Index {
  readonly manifests: readonly NamedContent[];
}

/** What a manifest or an index says of other content. */
export interface NamedContent {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
  readonly platform?: NamedPlatform | null | undefined;
}

/** A platform in a document. */
export interface NamedPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** What a container of the image starts with, and what its layers hold. Fields that are not named here are kept. */
export interface ImageConfig extends NamedPlatform {
  readonly config?: ContainerConfig | null | undefined;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[] | null | undefined;
  readonly [other: string]: unknown;
}

/** `config` of {@link ImageConfig}. */
export interface ContainerConfig {
  readonly Env?: readonly string[] | null | undefined;
  readonly Labels?: Readonly<Record<string, string>> | null | undefined;
  readonly [other: string]: unknown;
}

/** How a layer, or a setting, came to be. */
export interface HistoryEntry {
  readonly empty_layer?: boolean | undefined;
  readonly [other: string]: unknown;
}

interface Documents {
  readonly manifest: Manifest;
  readonly index: Index;
  readonly config: ImageConfig;
}

const schemas: { readonly [Kind in keyof Documents]: z.ZodType<Documents[Kind]> } = {
  manifest,
  index,
  config,
};

/**
 * Reads a document of the kind.
 * @throws IMAGE_INVALID
 */
export function parseDocument<Kind extends keyof Documents>(
  kind: Kind,
  { bytes, descriptor: { digest: name } }: StoredDocument,
): Documents[Kind] {
  let reason: string;
  try {
    const parsed = schemas[kind].safeParse(JSON.parse(bytes.toString('utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  } catch (cause) {
    reason = cause instanceof Error ? cause.message : String(cause);
  }
  throw slipwayError(
    'IMAGE_INVALID',
    `The ${kind} ${name} of the image cannot be read: ${reason}`,
    {
      details: { digest: name },
    },
  );
}
