/**
 * Clients that ask again as soon as they are answered, each on a connection of its own, and never ask twice: bare
 * sockets, so that nothing retries behind the test's back.
 */
import { once } from 'node:events';
import net from 'node:net';

/** How the clients ask. */
export interface SteadyOptions {
  readonly port: number;
  readonly clients: number;
  readonly request: string;
  /** A new connection for each request. Default: kept until the server closes it. */
  readonly reconnects?: boolean;
  /** Asked before each request: false ends the client. Default: it goes on while it can connect. */
  readonly goesOn?: () => boolean;
}

/** What became of the requests. */
export interface Asked {
  /** Bodies of the answers with status 200, and how often each came. */
  readonly answers: Map<string, number>;
  /** Anything else that came of a request that was sent. */
  readonly failures: string[];
  /** All clients have ended: told to, or nobody listens any more. */
  readonly ended: Promise<void>;
  /** Ends the clients. */
  stop(): void;
  /** Answers so far. */
  count(): number;
  /** Connections that were refused; each ends a client. */
  refused(): number;
}

/** A request to `path`, read by our own reader of plain requests, or by Node with a header that ours does not know. */
export function postRequest(path: string, body: string, extra = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n${extra}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Starts them. */
export function askSteadily(options: SteadyOptions): Asked {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let isStopped = false;
  let refused = 0;
  const goesOn = (): boolean => !isStopped && (options.goesOn?.() ?? true);
  const run = async (): Promise<void> => {
    while (goesOn()) {
      const socket = await connect(options.port);
      if (socket === null) {
        refused++;
        return;
      }
      await converse(socket, options, goesOn, answers, failures);
      socket.destroy();
    }
  };
  const ended = Promise.all(Array.from({ length: options.clients }, run)).then(() => undefined);
  return {
    answers,
    failures,
    ended,
    stop: () => (isStopped = true),
    refused: () => refused,
    count: () => [...answers.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Null: nobody listens. */
async function connect(port: number): Promise<net.Socket | null> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  try {
    await once(socket, 'connect');
    return socket.on('error', () => undefined);
  } catch {
    return null;
  }
}

async function converse(
  socket: net.Socket,
  { request, reconnects = false }: SteadyOptions,
  goesOn: () => boolean,
  answers: Map<string, number>,
  failures: string[],
): Promise<void> {
  while (goesOn() && !socket.destroyed && !socket.readableEnded) {
    socket.write(request);
    const answer = await readAnswer(socket);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    if (head.startsWith('HTTP/1.1 200 ')) answers.set(body, (answers.get(body) ?? 0) + 1);
    else failures.push(answer);
    if (reconnects || !head.startsWith('HTTP') || /^connection: close$/im.test(head)) return;
  }
}

/** Up to the end of the body, or of the connection. */
function readAnswer(socket: net.Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const settle = (): void => {
      socket.off('data', receive);
      socket.off('close', settle);
      resolve(text);
    };
    const receive = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = end < 0 ? Infinity : Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length >= end + 4 + length) settle();
    };
    socket.on('data', receive);
    socket.on('close', settle);
  });
}
