import { createHmac } from 'node:crypto';
import type { AskedRequest } from '../http/http-client.ts';

/** Headers that take part in the signature, in this order. */
const signedHeaders =
  'content-encoding content-language content-length content-md5 content-type date if-modified-since if-match if-none-match if-unmodified-since range'.split(
    ' ',
  );

/**
 * Headers for a request without a body to `account`, whose `key` is base64.
 * Source: Microsoft, "Authorize with Shared Key", version 2015-02-21 and later.
 */
export function signWithSharedKey(
  { url, method, headers }: AskedRequest,
  account: string,
  key: string,
  date: Date = new Date(),
): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string>> = { ...headers, 'x-ms-date': date.toUTCString() };
  const own = Object.keys(all).filter((name) => name.startsWith('x-ms-'));
  const lines = own.toSorted().map((name) => `${name}:${all[name] ?? ''}`);
  const text = [
    method,
    ...signedHeaders.map((name) => all[name] ?? ''),
    ...lines,
    canonicalResource(url, account),
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return {
    'x-ms-date': date.toUTCString(),
    authorization: `SharedKey ${account}:${signature}`,
  };
}

function canonicalResource(url: URL, account: string): string {
  const values = new Map<string, string[]>();
  for (const [name, value] of url.searchParams) {
    values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value]);
  }
  const query = [...values.keys()]
    .toSorted()
    .map((name) => `\n${name}:${(values.get(name) ?? []).toSorted().join(',')}`);
  return `/${account}${url.pathname}${query.join('')}`;
}
