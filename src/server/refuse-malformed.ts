/** Requests that are not HTTP, or never end: answered on the bare socket, as uvicorn answers them. */
import type { Socket } from 'node:net';

/** Handler of `clientError`: 400, or 504 for a request whose upload outlasts the time limit. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? rawAnswer(
          '504 Gateway Timeout',
          'application/json',
          'Request processing time exceeded limit',
        )
      : rawAnswer('400 Bad Request', 'text/plain; charset=utf-8', 'Invalid HTTP request received.'),
  );
}

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
