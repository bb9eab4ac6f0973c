/** AWS Signature Version 4 for requests without a body. Source: AWS General Reference, "Authenticating Requests". */
import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from './read-aws-settings.ts';

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; all of them are signed, with `host`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Default: now. */
  readonly date?: Date;
}

const emptyHash = createHash('sha256').digest('hex');

/** Headers that have to go with the request. */
export function signRequest(request: SignedRequest): Readonly<Record<string, string>> {
  const { method, url, region, credentials, date = new Date() } = request;
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { sessionToken } = credentials;
  const added: Record<string, string> = {
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': time,
    ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const headers: Record<string, string> = { ...request.headers, ...added, host: url.host };
  const names = Object.keys(headers).toSorted(byCodeUnit);
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const signed = names.join(';');
  const query = canonicalQuery(url);
  const canonical = [method, url.pathname, query, lines, signed, emptyHash].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const key = signingKey(credentials.secretKey, time.slice(0, 8), region);
  const text = ['AWS4-HMAC-SHA256', time, scope, hash].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${scope},SignedHeaders=${signed},Signature=${signature}`,
  };
}

/** Percent-encoding as AWS wants it: everything but letters, digits and `-._~`. */
export function encodeForAws(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
  );
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encodeForAws(name)}=${encodeForAws(value)}`)
    .toSorted(byCodeUnit)
    .join('&');
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
