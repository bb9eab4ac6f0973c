/** Writes a whole answer in one go, past Fastify's serialisation, which would add a charset to JSON. */
import type { FastifyReply } from 'fastify';
import type { AnswerQueue } from './answer-queue.ts';
import type { ReceivedMessage } from './create-app.ts';
import type { Answer } from './error-answer.ts';

/** What every answer of one server has in common. */
export interface AnswerStyle {
  /** `slipway/<version>`. */
  readonly serverHeader: string;
  /** Writes the answers. */
  readonly queue: AnswerQueue;
  /** True once the server is stopping: answers then close their connection. */
  stopping: boolean;
}

/** Sends `answer`; a HEAD answer has the headers only. */
export function sendAnswer(
  reply: FastifyReply,
  { status, contentType, body, headers: extra }: Answer,
  style: AnswerStyle,
): void {
  reply.hijack();
  if (reply.raw.destroyed) return;
  const headers: Record<string, string | number> = {
    server: style.serverHeader,
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
  };
  if (contentType !== '') headers['content-type'] = contentType;
  if (style.stopping) headers['connection'] = 'close';
  if (extra !== undefined) Object.assign(headers, extra);
  const { answerHeaders }: ReceivedMessage = reply.request.raw;
  if (answerHeaders !== undefined) Object.assign(headers, answerHeaders);
  reply.raw.writeHead(status, headers);
  style.queue.end(reply.raw, reply.request.method === 'HEAD' ? undefined : body);
}
