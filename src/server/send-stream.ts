/** Writes a stream as server-sent events: one per item, `[DONE]` at the end, an `error` event for a late failure. */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ReceivedMessage } from './create-app.ts';
import type { AnswerStream } from '../scoring/scoring-service.ts';
import type { AnswerStyle } from './send-answer.ts';

/** What {@link sendStream} needs besides the stream. */
export interface StreamSending {
  readonly style: AnswerStyle;
  /** How long the client may leave what it was sent unread, in milliseconds. */
  readonly timeoutMs: number;
  /** Text of the last event after a failure. */
  readonly onError: (error: unknown) => string;
}

/** Sends items as they come and as fast as the client reads them; a client that leaves ends the stream. */
export async function sendStream(
  reply: FastifyReply,
  stream: AnswerStream,
  { style, timeoutMs, onError }: StreamSending,
): Promise<void> {
  const response = reply.hijack().raw;
  const leave = (): void => void stream.return();
  if (response.destroyed) return leave();
  response.once('close', leave);
  response.writeHead(200, {
    server: style.serverHeader,
    'x-content-type-options': 'nosniff',
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...(style.stopping && { connection: 'close' }),
    ...(reply.request.raw as ReceivedMessage).answerHeaders,
  });
  try {
    for await (const item of stream) {
      if (response.write(`data: ${item}\n\n`)) continue;
      if (!(await isRead(response, timeoutMs))) return void response.destroy();
    }
    response.end('data: [DONE]\n\n');
  } catch (error) {
    if (!response.destroyed) response.end(`event: error\ndata: ${onError(error)}\n\n`);
  } finally {
    response.off('close', leave);
  }
}

/** Waits until the client has read what was written; false when it has left or takes too long. */
function isRead(response: ServerResponse, timeoutMs: number): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (read: boolean): void => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(read);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    const timer = setTimeout(settle, timeoutMs, false);
    response.on('drain', onDrain);
    response.on('close', onClose);
  });
}
