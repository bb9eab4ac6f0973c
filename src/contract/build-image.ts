/** What may be asked of the building of an image, and what comes of it. */
import type { ImageOptions } from './flavor-backend.ts';
import type { OnProgress } from './runtime.ts';

/** Who builds: `oci` is our own writer, which needs no daemon and runs nothing; the others run the steps of a Dockerfile. */
export type ImageBuilder = 'oci' | 'docker' | 'podman' | 'buildah';

/** Options of {@link FlavorBackend.buildImage}. */
export interface BuildImageOptions extends ImageOptions {
  /** Default: `auto`: `oci` where the image needs no step to be run, else the first of the others that is there. */
  readonly builder?: ImageBuilder | 'auto';
  /**
   * `registry`, `docker` (the store of docker or podman here), `oci:FOLDER` or `tar:FILE`. Default: the registry if the
   * name begins with a host, else the daemon if there is one, else a tar file named after the image.
   */
  readonly output?: string;
  /** Tags besides the one in the name. Default: `latest`, where the name has none either. */
  readonly tags?: readonly string[];
  /** Added to the labels of the image. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who the container runs as. Default: `65532:65532`. */
  readonly user?: string;
  /** File for the digest. */
  readonly digestFile?: string;
  /** File for the software bill of materials. */
  readonly sbomFile?: string;
  /** Take any certificate, and plain HTTP. Default: false. */
  readonly insecureRegistry?: boolean;
  /** Build upon what is in the cache. Default: false. */
  readonly offline?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** An image that was built. */
export interface BuiltImage {
  readonly name: string;
  readonly tags: readonly string[];
  /** Digest of the manifest or index; null for an image of docker, podman or buildah in their store or an archive. */
  readonly digest: string | null;
  /** Where it went, as {@link BuildImageOptions.output} has it. */
  readonly output: string;
  readonly builder: ImageBuilder;
  readonly platforms: readonly string[];
  /** Compressed bytes of our layers, for one platform, and of the whole image; null where a daemon built it. */
  readonly size: { readonly ownBytes: number; readonly totalBytes: number } | null;
  /** What of the options had no effect, and what was chosen in their absence; one line each. */
  readonly notes: readonly string[];
}
