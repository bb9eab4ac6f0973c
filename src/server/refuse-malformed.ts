/** Requests that are not HTTP, or never end: answered on the bare socket, as uvicorn answers them. */
import type { Socket } from 'node:net';

/**
 * Makes the handler of `clientError`: 400, 431 for too long a head, or `lateStatus` for a request that is not there in
 * time: 504 where that is the time limit of a request, as MLflow counts it, 408 where it is one of its own.
 */
export function malformedRefuser(
  lateStatus: 408 | 504,
): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => refuse(error, socket, lateStatus);
}

/** The same for a request that ended before it was complete. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  refuse(error, socket, 504);
}

function refuse(error: NodeJS.ErrnoException, socket: Socket, lateStatus: 408 | 504): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(answerTo(error, lateStatus));
}

function answerTo({ code }: NodeJS.ErrnoException, lateStatus: 408 | 504): string {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return rawAnswer('431 Request Header Fields Too Large', text, 'The headers are too long.');
  }
  if (code !== 'ERR_HTTP_REQUEST_TIMEOUT') {
    return rawAnswer('400 Bad Request', text, 'Invalid HTTP request received.');
  }
  if (lateStatus === 408)
    return rawAnswer('408 Request Timeout', text, 'The request came too slowly.');
  const body = 'Request processing time exceeded limit';
  return rawAnswer('504 Gateway Timeout', 'application/json', body);
}

const text = 'text/plain; charset=utf-8';

function rawAnswer(status: string, contentType: string, body: string): string {
  return [
    `HTTP/1.1 ${status}`,
    `content-type: ${contentType}`,
    `content-length: ${body.length}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
