/** One connection that asks again and again, and takes nothing for an answer but the bytes that it must be. */
import net from 'node:net';

/** A request and the body of its only right answer. */
export interface KnownRequest {
  readonly request: Buffer;
  readonly answer: string;
}

/** What became of the requests. */
export interface Tally {
  sent: number;
  right: number;
  /** Wrong answers, and bytes that nobody asked for; a few of them. */
  readonly wrong: string[];
  lost: number;
}

/** Asks one request after the other until `isOver`; a connection that is lost ends the lane. */
export function runLane(
  port: number,
  next: () => KnownRequest,
  isOver: () => boolean,
  tally: Tally,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let known: KnownRequest | null = null;
    let pieces: Buffer[] = [];
    let missing = -1;
    const ask = (): void => {
      if (isOver()) return void socket.end();
      known = next();
      missing = -1;
      pieces = [];
      tally.sent++;
      socket.write(known.request);
    };
    socket.on('connect', ask);
    socket.on('data', (chunk: Buffer) => {
      if (known === null) return note(tally, `unasked: ${chunk.toString('latin1', 0, 200)}`);
      pieces.push(chunk);
      missing = missing < 0 ? missingAfterHead(Buffer.concat(pieces)) : missing - chunk.length;
      if (missing !== 0 && missing > -1) return;
      if (missing < -1) note(tally, 'more bytes than the answer has');
      if (missing === -1) return;
      const [status, body] = splitAnswer(Buffer.concat(pieces));
      if (status === 200 && body === known.answer) tally.right++;
      else note(tally, `${status} ${body.slice(0, 200)}`);
      known = null;
      ask();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (known !== null) tally.lost++;
      resolve();
    });
  });
}

/** Bytes that are missing; −1 while the head is not complete, less where there are too many. */
function missingAfterHead(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return -1;
  const length = Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1] ?? 0);
  const missing = end + 4 + length - bytes.length;
  return missing < 0 ? missing - 1 : missing;
}

function splitAnswer(bytes: Buffer): readonly [number, string] {
  const end = bytes.indexOf('\r\n\r\n');
  return [Number(bytes.toString('latin1', 9, 12)), bytes.toString('utf8', end + 4)];
}

function note({ wrong }: Tally, text: string): void {
  if (wrong.length < 10) wrong.push(text);
}
