/** Puts an answer into the words of HTTP. Most of its head is that of the answer before, whose text is used again. */
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

/** How an answer that is sent is spelt: what the service says is ASCII, an error may repeat what the client sent. */
export function encodingOf({ status }: Answer): 'latin1' | 'utf8' {
  return status === 200 ? 'latin1' : 'utf8';
}

/**
 * The text of an answer, with the headers in the order in which Node writes them.
 *
 * @param nowMs as `performance.now()`
 * @param extraHead more headers, each with its line end
 */
export function writeAnswer(
  answer: Answer,
  { serverHeader, keepAliveMs, isLast }: AnswerHead,
  nowMs: number,
  extraHead: string,
): string {
  const { headers, body } = answer;
  let head = beginOf(answer, serverHeader);
  if (isLast) head += 'connection: close\r\n';
  if (headers !== undefined) {
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  }
  return head + extraHead + endOf(isLast ? null : keepAliveMs, httpDate(nowMs)) + body;
}

let begun = { status: 0, contentType: '', bytes: 0, serverHeader: '' };
let beginText = '';

/** Mostly that of the answer before. */
function beginOf(answer: Answer, serverHeader: string): string {
  const { status, contentType, body } = answer;
  const bytes = Buffer.byteLength(body, encodingOf(answer));
  const isSame =
    bytes === begun.bytes &&
    status === begun.status &&
    contentType === begun.contentType &&
    serverHeader === begun.serverHeader;
  if (isSame) return beginText;
  begun = { status, contentType, bytes, serverHeader };
  beginText = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nserver: ${serverHeader}\r\nx-content-type-options: nosniff\r\ncontent-length: ${bytes}\r\n`;
  if (contentType !== '') beginText += `content-type: ${contentType}\r\n`;
  return beginText;
}

let ended: { date: string; keepAliveMs: number | null } = { date: '', keepAliveMs: null };
let endText = '';

/** The last headers and the empty line: new ones each second. */
function endOf(keepAliveMs: number | null, date: string): string {
  if (date === ended.date && keepAliveMs === ended.keepAliveMs) return endText;
  ended = { date, keepAliveMs };
  endText = `Date: ${date}\r\n`;
  if (keepAliveMs !== null) {
    endText += `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
  }
  endText += '\r\n';
  return endText;
}
