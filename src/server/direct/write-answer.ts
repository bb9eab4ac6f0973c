import { STATUS_CODES } from 'node:http';
import type { Answer } from '../error-answer.ts';
import { httpDate } from './http-date.ts';

/** What the head of an answer says beyond the answer itself. */
export interface AnswerHead {
  readonly serverHeader: string;
  /** How long the connection is kept while nothing is asked, in milliseconds. */
  readonly keepAliveMs: number;
  /** The connection ends with this answer. */
  readonly isLast: boolean;
}

/**
 * The text of an answer, with the headers in the order in which Node writes them.
 *
 * @param nowMs as `performance.now()`
 * @param extraHead more headers, each with its line end
 */
export function writeAnswer(
  { status, contentType, body, headers }: Answer,
  { serverHeader, keepAliveMs, isLast }: AnswerHead,
  nowMs: number,
  extraHead: string,
): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nserver: ${serverHeader}\r\nx-content-type-options: nosniff\r\ncontent-length: ${lengthOf(body)}\r\n`;
  if (contentType !== '') head += `content-type: ${contentType}\r\n`;
  if (isLast) head += 'connection: close\r\n';
  if (headers !== undefined) {
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  }
  head += extraHead;
  head += `Date: ${httpDate(nowMs)}\r\n`;
  if (!isLast) {
    head += `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
  }
  return `${head}\r\n${body}`;
}

function lengthOf(body: string): number {
  return Buffer.byteLength(body);
}
