/**
 * Reads the head of a request that needs nothing of HTTP but its body: `POST /invocations` with a length and only
 * headers that change nothing about the answer. Whatever else is in it, or is not spelt to the letter of RFC 9112,
 * is left to Node's own parser.
 */

/** A head that was understood. */
export interface RequestHead {
  /** Length up to and with the empty line. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly host: string;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
}

/** Longest head that is read here, in bytes. */
export const longestHeadBytes = 4096;

const startLine = 'POST /invocations HTTP/1.1\r\n';
const headEnd = '\r\n\r\n';
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e]*)$/;

/** What each header may say; any other header, or one that is there twice, is left to Node. */
const accepted: ReadonlyMap<string, RegExp> = new Map([
  ['host', /^\S+$/],
  ['content-length', /^\d{1,9}$/],
  ['content-type', /./],
  ['connection', /^keep-alive$/i],
  ['accept', /^(?!.*event-stream)/i],
  ['accept-encoding', /^/],
  ['accept-language', /^/],
  ['user-agent', /^/],
]);

/** Null: there is not enough of it yet. Undefined: not for this reader. */
export function readRequestHead(bytes: Buffer): RequestHead | null | undefined {
  const start = bytes.toString('latin1', 0, startLine.length);
  if (!startLine.startsWith(start)) return undefined;
  const end = bytes.indexOf(headEnd, 0, 'latin1');
  if (end < 0) return bytes.length < longestHeadBytes ? null : undefined;
  if (end > longestHeadBytes) return undefined;
  const headers = readHeaders(bytes.toString('latin1', startLine.length, end));
  const length = headers?.get('content-length');
  const host = headers?.get('host');
  if (headers === null || length === undefined || host === undefined) return undefined;
  return {
    headBytes: end + headEnd.length,
    bodyBytes: Number(length),
    host,
    contentType: headers.get('content-type'),
  };
}

function readHeaders(text: string): ReadonlyMap<string, string> | null {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const [, name = '', value = ''] = headerLine.exec(line) ?? [];
    const key = name.toLowerCase();
    const content = value.trimEnd();
    if (accepted.get(key)?.test(content) !== true || headers.has(key)) return null;
    headers.set(key, content);
  }
  return headers;
}
