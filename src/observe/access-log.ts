/**
 * One line of JSON for each answered request, in the form of pino's (level, time, pid, hostname, msg), so that its tools
 * read them; put together by hand, since serialising an object takes five times as long. Never a query, a payload
 * or a header.
 */
import { hostname } from 'node:os';
import type { LogLevel } from '../contract/observe-options.ts';
import type { LineWriter } from './line-writer.ts';
import { formatMs } from './format-ms.ts';
import type { ObservedRequest } from './observed-request.ts';

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

/** Writes the line of a request that has ended. */
export type LogRequest = (request: ObservedRequest, status: number, endedAtMs: number) => void;

/** Answers below 400 are `info`, below 500 `warn`, else `error`. */
export function createAccessLog(writer: LineWriter, level: LogLevel): LogRequest {
  const lowest = logLevels[level];
  const middle = `,"pid":${process.pid},"hostname":${text(hostname())},"msg":"request","requestId":"`;
  let second = 0;
  let timeText = '';
  const now = (): string => {
    const ms = Date.now();
    if (ms !== second) {
      second = ms;
      timeText = String(ms);
    }
    return timeText;
  };
  return (request, status, endedAtMs) => {
    const lineLevel =
      status < 400 ? logLevels.info : status < 500 ? logLevels.warn : logLevels.error;
    if (lineLevel < lowest) return;
    const head = `{"level":${lineLevel},"time":${now()}${middle}${request.requestId}`;
    writer.write(head + rest(request, status, endedAtMs));
  };
}

function rest(request: ObservedRequest, status: number, endedAtMs: number): string {
  const { arrival, trace, model, rows, errorCode } = request;
  const { method = '', url = '' } = arrival;
  return `"${trace === null ? '' : `,"traceId":"${trace.traceId}"`},"method":"${method}","path":${pathText(url)},"status":${status}${
    model === null ? '' : modelText(model)
  }${rows < 0 ? '' : `,"rows":${rows}`},"bytesIn":${request.bytesIn},"bytesOut":${request.bytesOut},"durationMs":${formatMs(
    endedAtMs - request.startedAtMs,
  )}${phases(request)}${errorCode === '' ? '' : `,"error":"${errorCode}"`},"client":"${arrival.socket.remoteAddress ?? ''}"}\n`;
}

function phases({
  parseAtMs,
  predictAtMs,
  queueMs,
  encodeAtMs,
  encodedAtMs,
}: ObservedRequest): string {
  if (predictAtMs === 0) return '';
  const parse = `,"parseMs":${formatMs(predictAtMs - parseAtMs)}`;
  if (encodeAtMs === 0) return parse;
  const predict = `${parse},"queueMs":${formatMs(queueMs)},"predictMs":${formatMs(encodeAtMs - predictAtMs - queueMs)}`;
  return encodedAtMs === 0
    ? predict
    : `${predict},"encodeMs":${formatMs(encodedAtMs - encodeAtMs)}`;
}

/** Nearly every path is this one. */
function pathText(url: string): string {
  if (url === '/invocations') return '"/invocations"';
  const end = url.indexOf('?');
  return text((end < 0 ? url : url.slice(0, end)).slice(0, pathLimit));
}

let lastModel: unknown = null;
let lastModelText = '';

/** One server has few models, and asks for the same one again and again. */
function modelText(model: NonNullable<ObservedRequest['model']>): string {
  if (model === lastModel) return lastModelText;
  lastModel = model;
  lastModelText = `,"model":${text(model.name)},"version":${text(model.version)}`;
  return lastModelText;
}

/** A JSON string of ASCII. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
