/**
 * One line of JSON for each answered request, in the form of pino's (level, time, pid, msg), so that its tools read them;
 * put together by hand, since pino takes 4 µs for a line, and a request of one row 20. Never a query, a payload or a
 * header.
 */
import type { LogLevel } from '../contract/observe-options.ts';
import { type AsciiLine, asciiPiece } from './ascii-line.ts';
import { LineBefore, type LineParts } from './line-before.ts';
import type { LineWriter } from './line-writer.ts';
import type { ObservedRequest } from './observed-request.ts';
import { Spans } from './spans.ts';

/** Numbers of the levels, as pino has them. */
export const logLevels: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  silent: 60,
};

/** Longest path that is written, in characters. */
const pathLimit = 512;
/** No line is longer: path and name of the model may grow sixfold when they are escaped. */
const longestBytes = 8192;

const beforeRequestId = `"pid":${process.pid},"msg":"request","requestId":"`;
const traceId = asciiPiece('","traceId":"');
const failure = asciiPiece(',"error":"');
const failureEnd = asciiPiece('"');
const client = asciiPiece(',"client":"');
const end = asciiPiece('"}\n');

/** Writes the line of a request that has ended. */
export type LogRequest = (request: ObservedRequest, status: number, endedAtMs: number) => void;

/** Answers below 400 are `info`, below 500 `warn`, else `error`. */
export function createAccessLog(writer: LineWriter, lowestLevel: LogLevel): LogRequest {
  const lowest = logLevels[lowestLevel];
  const headOf = createHeads();
  const middleOf = createMiddles();
  const before = new LineBefore();
  const spans = new Spans();
  return (request, status, endedAtMs) => {
    const level = levelOf(status);
    if (level < lowest) return;
    const line = writer.begin(longestBytes);
    if (line === null) return;
    spans.measure(request, endedAtMs);
    const parts = { head: headOf(level), request, middle: middleOf(request, status), spans };
    if (!before.repeat(line, parts)) {
      const start = line.at;
      writeParts(line, parts);
      before.keep(line, start, parts);
    }
    writer.end();
  };
}

function levelOf(code: number): number {
  if (code < 400) return logLevels.info;
  return code < 500 ? logLevels.warn : logLevels.error;
}

function writeParts(line: AsciiLine, { head, request, middle, spans }: LineParts): void {
  const { requestId, trace, errorCode, arrival } = request;
  line.piece(head);
  line.text(requestId);
  if (trace !== null) {
    line.piece(traceId);
    line.text(trace.traceId);
  }
  line.piece(middle);
  spans.write(line);
  if (errorCode !== '') {
    line.piece(failure);
    line.text(errorCode);
    line.piece(failureEnd);
  }
  line.piece(client);
  line.text(arrival.socket.remoteAddress ?? '');
  line.piece(end);
}

/** How lines begin: made once a millisecond. */
function createHeads(): (level: number) => Uint8Array {
  let lastMs = 0;
  let lastLevel = 0;
  let head = asciiPiece('');
  return (level) => {
    const now = Date.now();
    if (now !== lastMs || level !== lastLevel) {
      lastMs = now;
      lastLevel = level;
      head = asciiPiece(`{"level":${level},"time":${now},${beforeRequestId}`);
    }
    return head;
  };
}

/** What was asked and what came of it: one request after another is mostly the same in this. */
function createMiddles(): (request: ObservedRequest, status: number) => Uint8Array {
  let last = { method: '', url: '', status: 0, rows: 0, bytesIn: 0, bytesOut: 0 };
  let lastModel: ObservedRequest['model'] = null;
  let middle = asciiPiece('');
  return ({ arrival: { method = '', url = '' }, model, rows, bytesIn, bytesOut }, status) => {
    const isSame =
      url === last.url &&
      bytesOut === last.bytesOut &&
      bytesIn === last.bytesIn &&
      rows === last.rows &&
      status === last.status &&
      model === lastModel &&
      method === last.method;
    if (isSame) return middle;
    last = { method, url, status, rows, bytesIn, bytesOut };
    lastModel = model;
    middle = asciiPiece(
      `","method":"${method}","path":${pathText(url)},"status":${status}${
        model === null
          ? ''
          : `,"model":${jsonText(model.name)},"version":${jsonText(model.version)}`
      }${rows < 0 ? '' : `,"rows":${rows}`},"bytesIn":${bytesIn},"bytesOut":${bytesOut}`,
    );
    return middle;
  };
}

function pathText(url: string): string {
  const query = url.indexOf('?');
  return jsonText(query < 0 ? url : url.slice(0, query));
}

/** A JSON string of ASCII. */
function jsonText(value: string): string {
  return JSON.stringify(value.slice(0, pathLimit)).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
