/** A blob of a registry into a file: resumed after a drop, its digest checked. */
import { open, type FileHandle } from 'node:fs/promises';
import { isSlipwayError, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { digestOfHash, startDigest } from '../oci/digest.ts';
import type { Descriptor } from '../oci/stored-blob.ts';
import type { RegistryClient } from './registry-client.ts';
import { connectionFailure } from './registry-failure.ts';
import { PassingFailure, retry } from './retry.ts';

/** @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED, IMAGE_INVALID when it is not what its digest says */
export async function downloadBlob(
  client: RegistryClient,
  descriptor: Descriptor,
  file: string,
): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    const download = new Download(client, descriptor, handle);
    await retry(
      () => download.attempt(),
      client.options,
      () => download.hasProgressed(),
    );
  } finally {
    await handle.close();
  }
}

class Download {
  readonly #client: RegistryClient;
  readonly #descriptor: Descriptor;
  readonly #handle: FileHandle;
  #hash = startDigest();
  #written = 0;
  #writtenBefore = 0;
  #mismatches = 0;

  constructor(client: RegistryClient, descriptor: Descriptor, handle: FileHandle) {
    this.#client = client;
    this.#descriptor = descriptor;
    this.#handle = handle;
  }

  hasProgressed(): boolean {
    const progressed = this.#written > this.#writtenBefore;
    this.#writtenBefore = this.#written;
    return progressed;
  }

  async attempt(): Promise<void> {
    const { digest, size } = this.#descriptor;
    const resumes = this.#written > 0;
    const stream = await this.#client.openBlob(digest, this.#written).catch((error: unknown) => {
      // A registry that cannot resume sends it all again.
      if (resumes) this.#restart();
      throw resumes && isSlipwayError(error) ? new PassingFailure(error) : error;
    });
    try {
      for await (const part of stream as AsyncIterable<Buffer>) {
        if (this.#written + part.length > size) throw this.#mismatch('more bytes than announced');
        await this.#handle.write(part, 0, part.length, this.#written);
        this.#hash.update(part);
        this.#written += part.length;
      }
    } catch (cause) {
      if (cause instanceof PassingFailure || isSlipwayError(cause)) throw cause;
      throw connectionFailure(this.#url(), cause);
    } finally {
      stream.destroy();
    }
    if (this.#written < size) {
      throw connectionFailure(this.#url(), new Error(`${this.#written} of ${size} bytes came`));
    }
    if (digestOfHash(this.#hash.copy()) !== digest) throw this.#mismatch('other content');
  }

  /** Once may be an accident of the way; twice is what is there. */
  #mismatch(what: string): PassingFailure | SlipwayError {
    const { digest } = this.#descriptor;
    this.#restart();
    const error = slipwayError(
      'IMAGE_INVALID',
      `${this.#client.registry}/${this.#client.repository} has ${what} under ${digest}`,
      { details: { digest } },
    );
    return (this.#mismatches += 1) < 2 ? new PassingFailure(error) : error;
  }

  #restart(): void {
    this.#hash = startDigest();
    this.#written = 0;
    this.#writtenBefore = 0;
  }

  #url(): URL {
    const { registry, repository } = this.#client;
    return new URL(`https://${registry}/v2/${repository}/blobs/${this.#descriptor.digest}`);
  }
}
