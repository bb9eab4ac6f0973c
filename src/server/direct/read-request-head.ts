/**
 * Reads the head of a request that needs nothing of HTTP but its body: `POST /invocations` with a length and only
 * headers that change nothing about the answer, or say who asks. Whatever else is in it, or is not spelt to the letter
 * of RFC 9112, is left to Node's own parser.
 */

/** A head that was understood. */
export interface RequestHead {
  /** Length up to and with the empty line. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly host: string;
  /** As the client sent it; undefined when it sent none. */
  readonly contentType: string | undefined;
  /** What is observed of it, under the names of Node's `headers`. */
  readonly observed: ObservedHeaders;
}

/** Headers that say which request it is; undefined where the client sent none. */
export interface ObservedHeaders {
  readonly [name: string]: string | undefined;
  readonly 'x-request-id': string | undefined;
  readonly traceparent: string | undefined;
}

/** Longer heads are left to Node, in bytes. */
const longestHeadBytes = 8192;

const startLine = 'POST /invocations HTTP/1.1\r\n';
const headEnd = '\r\n\r\n';
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e]*)$/;
const anything = /^/;

/** What each header may say; any other header, or one that is there twice, is left to Node. */
const accepted: ReadonlyMap<string, RegExp> = new Map([
  ['host', /^\S+$/],
  ['content-length', /^\d{1,9}$/],
  ['content-type', /./],
  ['connection', /^keep-alive$/i],
  ['accept', /^(?!.*event-stream)/i],
]);

/**
 * Headers of clients, proxies and tracers on which no answer depends. Keys are among them: where they are asked for,
 * there is no direct way. So is whatever begins with `x-`.
 */
const ignored: ReadonlySet<string> = new Set([
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'authorization',
  'b3',
  'baggage',
  'cache-control',
  'cdn-loop',
  'cookie',
  'forwarded',
  'pragma',
  'priority',
  'traceparent',
  'tracestate',
  'true-client-ip',
  'user-agent',
  'via',
]);

interface HeaderLine {
  readonly text: string;
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** Reads the heads of one connection. A client mostly sends the same lines again, so only those that differ are looked at. */
export class RequestHeadReader {
  #bytes: Buffer | null = null;
  #head: RequestHead | null = null;
  #lines: HeaderLine[] = [];

  /** Null: there is not enough of it yet. Undefined: not for this reader. */
  read(bytes: Buffer): RequestHead | null | undefined {
    const known = this.#bytes;
    if (known !== null && startsWith(bytes, known)) return this.#head;
    const start = bytes.toString('latin1', 0, startLine.length);
    if (!startLine.startsWith(start)) return undefined;
    const end = bytes.indexOf(headEnd, 0, 'latin1');
    if (end < 0) return bytes.length < longestHeadBytes ? null : undefined;
    if (end > longestHeadBytes) return undefined;
    const texts = bytes.toString('latin1', startLine.length, end).split('\r\n');
    if (!this.#renewLines(texts) && !this.#readLines(texts)) return undefined;
    const headBytes = end + headEnd.length;
    const head = headOf(this.#lines, headBytes);
    if (head === undefined) return undefined;
    this.#head = head;
    this.#bytes = Buffer.from(bytes.subarray(0, headBytes));
    return head;
  }

  /** The same names in the same order as before; hence none is there twice. */
  #renewLines(texts: readonly string[]): boolean {
    const lines = this.#lines;
    if (texts.length !== lines.length) return false;
    for (let at = 0; at < texts.length; at++) {
      if (texts[at] === lines[at]!.text) continue;
      const line = readLine(texts[at]!);
      if (line === null || line.name !== lines[at]!.name) return false;
      lines[at] = line;
    }
    return true;
  }

  #readLines(texts: readonly string[]): boolean {
    const names = new Set<string>();
    this.#lines = [];
    for (const text of texts) {
      const line = readLine(text);
      if (line === null || names.has(line.name)) return false;
      names.add(line.name);
      this.#lines.push(line);
    }
    return true;
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && start.compare(bytes, 0, start.length) === 0;
}

function readLine(text: string): HeaderLine | null {
  const [, spelt = '', content = ''] = headerLine.exec(text) ?? [];
  const name = spelt.toLowerCase();
  const value = content.trimEnd();
  const isIgnored = name.startsWith('x-') || ignored.has(name);
  const rule = isIgnored ? anything : accepted.get(name);
  return rule?.test(value) === true ? { text, name, value } : null;
}

/** Undefined where it lacks a header that it needs. */
function headOf(lines: readonly HeaderLine[], headBytes: number): RequestHead | undefined {
  const valueOf = (name: string): string | undefined =>
    lines.find((line) => line.name === name)?.value;
  const length = valueOf('content-length');
  const host = valueOf('host');
  if (length === undefined || host === undefined) return undefined;
  return {
    headBytes,
    bodyBytes: Number(length),
    host,
    contentType: valueOf('content-type'),
    observed: { 'x-request-id': valueOf('x-request-id'), traceparent: valueOf('traceparent') },
  };
}
