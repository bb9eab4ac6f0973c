/** A base in a registry, or in the cache: its name is asked for each time, its content fetched once. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { type ContentSource, type OpenedBase, readBaseImage } from '../oci/base-image.ts';
import { BlobCache } from '../oci/blob-cache.ts';
import { formatSize } from '../oci/format-size.ts';
import {
  createDocument,
  type Descriptor,
  type StoredBlob,
  type StoredDocument,
} from '../oci/stored-blob.ts';
import { applyMirrors } from './apply-mirrors.ts';
import { downloadBlob } from './download-blob.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './image-reference.ts';
import { RegistryClient } from './registry-client.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Options of {@link openRegistryBase}. */
export interface RegistryBaseOptions extends RegistryOptions {
  /** Ask no registry: what is in the cache has to do. Default: false. */
  readonly offline?: boolean;
}

/**
 * Looks the name up: one digest from here on, whatever the name means later.
 * @throws IMAGE_NAME_INVALID, IMAGE_NOT_FOUND, IMAGE_INVALID, REGISTRY_FAILED, REGISTRY_ACCESS_DENIED
 */
export async function openRegistryBase(
  name: string,
  options: RegistryBaseOptions = {},
): Promise<OpenedBase> {
  const reference = parseImageReference(name);
  const { registry, repository } = applyMirrors(reference, options.environment);
  const client = new RegistryClient(registry, repository, options);
  const source = new RegistrySource(client, reference, options);
  try {
    const root = await source.root();
    return {
      forPlatform: (platform) => readBaseImage(root, source, platform),
      close: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

class RegistrySource implements ContentSource {
  readonly name: string;
  readonly #client: RegistryClient;
  readonly #reference: ImageReference;
  readonly #options: RegistryBaseOptions;
  readonly #cache: BlobCache;
  /** Downloads under way, so that two platforms with one layer fetch it once. */
  readonly #downloads = new Map<string, Promise<StoredBlob>>();

  constructor(client: RegistryClient, reference: ImageReference, options: RegistryBaseOptions) {
    this.name = formatImageReference(reference);
    this.#client = client;
    this.#reference = reference;
    this.#options = options;
    this.#cache = new BlobCache(options.environment);
  }

  async root(): Promise<StoredDocument> {
    const { tag, digest } = this.#reference;
    if (this.#options.offline === true) return this.#keptRoot();
    this.#options.onProgress?.({ step: `looking up ${this.name}` });
    const document = await this.#client.readManifest(digest ?? tag ?? 'latest');
    if (document === null) {
      throw slipwayError('IMAGE_NOT_FOUND', `There is no image ${this.name}.`, {
        details: { name: this.name },
      });
    }
    await this.#keepDocument(document);
    const { mediaType, digest: found, size } = document.descriptor;
    const at = new Date().toISOString();
    await this.#cache.remember(this.name, { mediaType, digest: found, size, at });
    return document;
  }

  async document(descriptor: Descriptor): Promise<StoredDocument> {
    const kept = await this.#readKept(descriptor);
    if (kept !== null) return kept;
    if (this.#options.offline === true) throw this.#notKept();
    const isConfig =
      /config|image\.v1\+json$/.test(descriptor.mediaType) &&
      !/manifest/.test(descriptor.mediaType);
    if (isConfig) {
      await this.#download(descriptor);
      const fetched = await this.#readKept(descriptor);
      if (fetched !== null) return fetched;
    }
    const document = await this.#client.readManifest(descriptor.digest);
    if (document === null) {
      throw slipwayError(
        'IMAGE_INVALID',
        `${this.name} names ${descriptor.digest}, which is not there.`,
      );
    }
    await this.#keepDocument(document);
    return document;
  }

  async blob(descriptor: Descriptor): Promise<StoredBlob> {
    const kept = await this.#cache.find(descriptor);
    if (kept === null && this.#options.offline === true) throw this.#notKept();
    const { registry, repository } = this.#client;
    return {
      descriptor,
      origin: { registry, repository },
      open: async (start, end) => (kept ?? (await this.#download(descriptor))).open(start, end),
    };
  }

  #download(descriptor: Descriptor): Promise<StoredBlob> {
    const { digest, size } = descriptor;
    const known = this.#downloads.get(digest);
    if (known !== undefined) return known;
    this.#options.onProgress?.({
      step: `fetching ${digest.slice(7, 19)} of ${this.name}, ${formatSize(size)}`,
    });
    const download = this.#cache.keep(descriptor, (file) =>
      downloadBlob(this.#client, descriptor, file),
    );
    this.#downloads.set(digest, download);
    download.catch(() => this.#downloads.delete(digest));
    return download;
  }

  async #keptRoot(): Promise<StoredDocument> {
    const kept = await this.#cache.recall(this.name);
    const document = kept === null ? null : await this.#readKept(kept);
    if (document === null) throw this.#notKept();
    return document;
  }

  async #readKept(descriptor: Descriptor): Promise<StoredDocument | null> {
    const blob = await this.#cache.find(descriptor);
    if (blob === null) return null;
    const parts: Buffer[] = [];
    for await (const part of await blob.open()) parts.push(part as Buffer);
    const document = createDocument(descriptor.mediaType, Buffer.concat(parts));
    return document.descriptor.digest === descriptor.digest ? document : null;
  }

  async #keepDocument({ descriptor, bytes }: StoredDocument): Promise<void> {
    await this.#cache.keepBytes(descriptor, bytes);
  }

  #notKept(): SlipwayError {
    return slipwayError(
      'IMAGE_NOT_FOUND',
      `${this.name} is not in the cache, not all of it: build once without --offline`,
      { details: { name: this.name } },
    );
  }
}
