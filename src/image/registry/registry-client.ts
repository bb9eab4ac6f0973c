/** One repository of a registry: its manifests and blobs. Source: OCI distribution-spec 1.1. */
import type { Readable } from 'node:stream';
import { slipwayError } from '../../errors/slipway-error.ts';
import { digestOf, isDigest } from '../oci/digest.ts';
import { acceptedTypes, ociTypes } from '../oci/media-types.ts';
import { createDocument, type StoredDocument } from '../oci/stored-blob.ts';
import { brokenAnswer } from './registry-failure.ts';
import type { RegistryOptions } from './registry-options.ts';
import { RegistryTransport } from './registry-transport.ts';
import { retry } from './retry.ts';

const manifestLimitBytes = 8 * 2 ** 20;

/** Speaks with one repository. */
export class RegistryClient {
  readonly registry: string;
  readonly repository: string;
  readonly options: RegistryOptions;
  /** For {@link uploadBlob}, which sends in its own ways. */
  readonly transport: RegistryTransport;

  constructor(registry: string, repository: string, options: RegistryOptions = {}) {
    this.registry = registry;
    this.repository = repository;
    this.options = options;
    this.transport = new RegistryTransport(registry, repository, options);
  }

  /** What a token must allow to read. */
  get pullScope(): string {
    return `repository:${this.repository}:pull`;
  }

  /** What it must allow to write. */
  get pushScope(): string {
    return `repository:${this.repository}:pull,push`;
  }

  /** Path below the registry's address. */
  pathOf(rest: string): string {
    return `/v2/${this.repository}/${rest}`;
  }

  /**
   * The manifest or index called `reference`, a tag or a digest; null when it is not there.
   * @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED
   */
  async readManifest(reference: string): Promise<StoredDocument | null> {
    const url = this.pathOf(`manifests/${reference}`);
    const headers = { accept: acceptedTypes };
    return retry(async () => {
      const request = { method: 'GET', url, scope: this.pullScope, headers } as const;
      const answer = await this.transport.send(request, [200, 404]);
      const bytes = await this.transport.bytes(answer, manifestLimitBytes);
      if (answer.status === 404) return null;
      const type = answer.headers['content-type']?.split(';')[0]?.trim() ?? mediaTypeIn(bytes);
      const document = createDocument(type, bytes);
      const { digest } = document.descriptor;
      const said = answer.headers['docker-content-digest'];
      const wanted = isDigest(reference) ? reference : (said ?? digest);
      if (digest === wanted) return document;
      throw brokenAnswer(answer.url, `answers with content whose digest is ${digest}`);
    }, this.options);
  }

  /**
   * Puts a manifest or an index under `reference`, after everything that it names.
   * @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED
   */
  async writeManifest(reference: string, document: StoredDocument): Promise<void> {
    const { mediaType, digest, size } = document.descriptor;
    await retry(async () => {
      const answer = await this.transport.send(
        {
          method: 'PUT',
          url: this.pathOf(`manifests/${reference}`),
          scope: this.pushScope,
          headers: { 'content-type': mediaType },
          body: { sizeBytes: size, open: () => document.open() },
        },
        [200, 201, 202],
      );
      await this.transport.text(answer);
      const said = answer.headers['docker-content-digest'];
      if (typeof said === 'string' && said !== digest) {
        throw brokenAnswer(answer.url, `took ${digest} for ${said}`);
      }
    }, this.options);
  }

  /** True where the registry's own list of what refers to `subject` has `referrer`. */
  async listsReferrers(subject: string, referrer: string): Promise<boolean> {
    const url = this.pathOf(`referrers/${subject}`);
    const answer = await retry(
      () =>
        this.transport.send(
          { method: 'GET', url, scope: this.pullScope, headers: { accept: ociTypes.index } },
          [200, 400, 404, 405, 501],
        ),
      this.options,
    );
    const text = await this.transport.text(answer, manifestLimitBytes);
    return answer.status === 200 && text.includes(referrer);
  }

  /** Size of a blob; null when it is not there. */
  async findBlob(digest: string): Promise<number | null> {
    return retry(async () => {
      const url = this.pathOf(`blobs/${digest}`);
      const request = { method: 'HEAD', url, scope: this.pullScope } as const;
      const answer = await this.transport.send(request, [200, 404]);
      answer.body.resume();
      if (answer.status === 404) return null;
      return Number(answer.headers['content-length'] ?? Number.NaN);
    }, this.options);
  }

  /** The bytes of a blob from `start` on, unchecked. @throws PassingFailure */
  async openBlob(digest: string, start = 0): Promise<Readable> {
    const answer = await this.transport.send(
      {
        method: 'GET',
        url: this.pathOf(`blobs/${digest}`),
        scope: this.pullScope,
        ...(start === 0 ? {} : { headers: { range: `bytes=${start}-` } }),
      },
      start === 0 ? [200] : [206],
    );
    return answer.body;
  }

  close(): void {
    this.transport.close();
  }
}

/** Some servers keep no content type. */
function mediaTypeIn(bytes: Buffer): string {
  try {
    const { mediaType } = JSON.parse(bytes.toString('utf8')) as { mediaType?: unknown };
    return typeof mediaType === 'string' ? mediaType : ociTypes.manifest;
  } catch {
    throw slipwayError('IMAGE_INVALID', `The manifest ${digestOf(bytes)} is no JSON.`);
  }
}
