/** AWS Signature Version 4. Source: AWS General Reference, "Authenticating Requests". */
import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from './aws-credentials.ts';

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; all of them are signed, with `host`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly body?: string | undefined;
  /** Name of the service in signatures. Default: `s3`. */
  readonly service?: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Default: now. */
  readonly date?: Date;
}

/** Headers that have to go with the request. */
export function signRequest(request: SignedRequest): Readonly<Record<string, string>> {
  const { method, url, region, credentials, date = new Date(), service = 's3' } = request;
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { sessionToken } = credentials;
  const bodyHash = sha256(request.body ?? '');
  const added: Record<string, string> = {
    ...(service === 's3' ? { 'x-amz-content-sha256': bodyHash } : {}),
    'x-amz-date': time,
    ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const headers: Record<string, string> = { ...request.headers, ...added, host: url.host };
  const names = Object.keys(headers).toSorted(byCodeUnit);
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const signed = names.join(';');
  const path = canonicalPath(url.pathname, service);
  const canonical = [method, path, canonicalQuery(url), lines, signed, bodyHash].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = signingKey(credentials.secretKey, time.slice(0, 8), region, service);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}

/** Percent-encoding as AWS wants it: everything but letters, digits and `-._~`. */
export function encodeForAws(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
  );
}

/** Services other than S3 encode the path, which is encoded already, once more. */
function canonicalPath(path: string, service: string): string {
  return service === 's3' ? path : path.split('/').map(encodeForAws).join('/');
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => [encodeForAws(name), encodeForAws(value)] as const)
    .toSorted(([a, x], [b, y]) => byCodeUnit(a, b) || byCodeUnit(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
