/** A blob into a repository: not at all where it is there, by name where a neighbour has it, else sent and resumed. */
import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { StoredBlob } from '../oci/stored-blob.ts';
import type { RegistryClient } from './registry-client.ts';
import { brokenAnswer } from './registry-failure.ts';
import type { RegistryAnswer } from './registry-transport.ts';
import { PassingFailure, retry } from './retry.ts';

/** How a blob got there. */
export type Uploaded = 'there' | 'mounted' | 'sent';

/** Where a registry, or a proxy before it, takes no more at once. */
const defaultPieceBytes = 16 * 2 ** 20;

/** @throws REGISTRY_FAILED, REGISTRY_ACCESS_DENIED; IMAGE_INVALID when the content is not what its digest says */
export async function uploadBlob(client: RegistryClient, blob: StoredBlob): Promise<Uploaded> {
  const { digest, size } = blob.descriptor;
  if (isWhole(await client.findBlob(digest), size)) return 'there';
  const upload = new Upload(client, blob);
  const how = await retry(
    () => upload.attempt(),
    client.options,
    () => upload.hasProgressed(),
  );
  const there = await client.findBlob(digest);
  if (isWhole(there, size)) return how;
  const host = client.registry;
  throw slipwayError(
    'REGISTRY_FAILED',
    `${host} took ${digest} of ${size} bytes, and then has ${there === null ? 'nothing' : `${there} bytes`} under it`,
    { details: { host, digest } },
  );
}

/** Some registries don't say how large a blob is. */
function isWhole(found: number | null, sizeBytes: number): boolean {
  return found === sizeBytes || Number.isNaN(found);
}

class Upload {
  readonly #client: RegistryClient;
  readonly #blob: StoredBlob;
  /** Where the next bytes go; null before the upload has begun, and after the registry lost it. */
  #location: URL | null = null;
  /** Bytes that the registry has. */
  #sent = 0;
  #sentBefore = 0;
  #limitBytes = Number.POSITIVE_INFINITY;
  /** Null once the registry would not let us look there. */
  #neighbour: string | null;

  constructor(client: RegistryClient, blob: StoredBlob) {
    this.#client = client;
    this.#blob = blob;
    this.#neighbour = neighbourOf(client, blob);
  }

  /** True if more has arrived since this was asked last. */
  hasProgressed(): boolean {
    const progressed = this.#sent > this.#sentBefore;
    this.#sentBefore = this.#sent;
    return progressed;
  }

  async attempt(): Promise<'mounted' | 'sent'> {
    if (this.#location === null) {
      if (await this.#begin()) return 'mounted';
    } else if (!(await this.#askHowFar())) {
      throw this.#lost();
    }
    const { size } = this.#blob.descriptor;
    while (this.#sent < size) await this.#sendPiece(Math.min(size - this.#sent, this.#limitBytes));
    await this.#finish();
    return 'sent';
  }

  /** True if nothing needs to be sent. */
  async #begin(): Promise<boolean> {
    const answer = await this.#askForPlace().catch((error: unknown) => {
      if (this.#neighbour === null || !isSlipwayError(error, 'REGISTRY_ACCESS_DENIED')) throw error;
      this.#neighbour = null;
      return this.#askForPlace();
    });
    answer.body.resume();
    if (answer.status === 201) return true;
    this.#sent = 0;
    await this.#follow(answer);
    return false;
  }

  #askForPlace(): Promise<RegistryAnswer> {
    const { pushScope, transport } = this.#client;
    const from = this.#neighbour;
    const { digest } = this.#blob.descriptor;
    const query = from === null ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`;
    const scope = from === null ? pushScope : `${pushScope} repository:${from}:pull`;
    const url = this.#client.pathOf(`blobs/uploads/${query}`);
    return transport.send({ method: 'POST', url, scope }, [201, 202]);
  }

  async #sendPiece(sizeBytes: number): Promise<void> {
    const start = this.#sent;
    const { size } = this.#blob.descriptor;
    // Some registries take a blob in one piece only, and without a range.
    const range: Readonly<Record<string, string>> =
      start === 0 && sizeBytes === size
        ? {}
        : { 'content-range': `${start}-${start + sizeBytes - 1}` };
    const answer = await this.#send(
      {
        method: 'PATCH',
        headers: { 'content-type': 'application/octet-stream', ...range },
        body: { sizeBytes, open: () => this.#blob.open(start, start + sizeBytes) },
      },
      [202, 413, 416, 404],
    );
    answer.body.resume();
    const { pieceBytes = defaultPieceBytes } = this.#client.options;
    if (answer.status === 413 && sizeBytes > pieceBytes) {
      this.#limitBytes = pieceBytes;
      this.#location = null;
      throw new PassingFailure(refused(answer, `takes no ${sizeBytes} bytes at once`), 0);
    }
    if (answer.status !== 202) throw this.#lost();
    await this.#follow(answer);
    this.#sent = start + sizeBytes;
  }

  async #finish(): Promise<void> {
    const url = new URL(this.#location ?? '');
    url.searchParams.set('digest', this.#blob.descriptor.digest);
    this.#location = url;
    const answer = await this.#send({ method: 'PUT' }, [201, 204, 400, 404, 416]);
    const text = await this.#client.transport.text(answer);
    if (answer.status < 300) return;
    this.#location = null;
    this.#sent = 0;
    throw brokenAnswer(
      answer.url,
      `did not take the blob: ${answer.status} ${text.slice(0, 200).trim()}`,
    );
  }

  /** After a drop: how much did arrive? False where the registry does not know. */
  async #askHowFar(): Promise<boolean> {
    const answer = await this.#send({ method: 'GET' }, [204, 200, 404, 405]);
    answer.body.resume();
    const end = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers['range'] ?? '')?.[1];
    if (answer.status >= 300 || end === undefined) return false;
    // Nothing and one byte look the same.
    this.#sent = end === '0' ? 0 : Number(end) + 1;
    await this.#follow(answer);
    return this.#sent <= this.#blob.descriptor.size;
  }

  async #send(
    request: Pick<
      Parameters<RegistryClient['transport']['send']>[0],
      'method' | 'headers' | 'body'
    >,
    accepted: readonly number[],
  ): Promise<RegistryAnswer> {
    const url = this.#location ?? '';
    return this.#client.transport.send(
      { ...request, url, scope: this.#client.pushScope },
      accepted,
    );
  }

  async #follow({ headers, url }: RegistryAnswer): Promise<void> {
    const { location } = headers;
    if (location !== undefined) {
      if (!URL.canParse(location, url.href)) throw this.#lost();
      this.#location = await this.#client.transport.resolve(new URL(location, url.href));
    } else if (this.#location === null) throw brokenAnswer(url, 'names no place for the blob');
  }

  #lost(): PassingFailure {
    const url = this.#location ?? new URL(`https://${this.#client.transport.host}`);
    this.#location = null;
    this.#sent = 0;
    return brokenAnswer(url, 'lost what had been sent to it');
  }
}

function refused({ url }: RegistryAnswer, what: string): PassingFailure['error'] {
  return brokenAnswer(url, what).error;
}

/** Another repository of the same registry that has the blob. */
function neighbourOf(
  { registry, repository }: RegistryClient,
  { origin }: StoredBlob,
): string | null {
  const isOther = origin?.registry === registry && origin.repository !== repository;
  return isOther ? origin.repository : null;
}
