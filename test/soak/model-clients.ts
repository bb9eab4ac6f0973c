/** Clients that ask models which come and go, and know which answers may be. */
import http from 'node:http';

/** An answer; null where the connection ended without one. */
export type Reply = { readonly status: number; readonly text: string } | null;

/** Asks once, on a connection of its own unless an agent is given. */
export function request(
  port: number,
  target: string,
  { body, agent }: { readonly body?: string; readonly agent?: http.Agent } = {},
): Promise<Reply> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const method = body === undefined ? 'GET' : 'POST';
    const options = { port, host: '127.0.0.1', path: target, method, headers };
    const sent = http.request({ ...options, agent: agent ?? false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('close', () => resolve(null));
    });
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}

/** What became of the requests of one client. */
export interface ClientTally {
  /** Answers by status. */
  readonly statuses: Map<number, number>;
  /** Answers that may not be, a few of them. */
  readonly wrong: string[];
  /** Requests whose connection ended. */
  lost: number;
}

/** How a client asks. */
export interface ClientOptions {
  readonly port: number;
  readonly target: string;
  readonly body: string;
  readonly mayBe: (reply: NonNullable<Reply>) => boolean;
  readonly isOver: () => boolean;
  /** Between two requests, in milliseconds. */
  readonly pauseMs: number;
}

/** Asks one request after another. */
export async function askAgain(options: ClientOptions): Promise<ClientTally> {
  const tally: ClientTally = { statuses: new Map(), wrong: [], lost: 0 };
  let agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  while (!options.isOver()) {
    const reply = await request(options.port, options.target, { body: options.body, agent });
    if (reply === null) {
      tally.lost++;
      agent.destroy();
      agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    } else {
      tally.statuses.set(reply.status, (tally.statuses.get(reply.status) ?? 0) + 1);
      if (!options.mayBe(reply) && tally.wrong.length < 5) {
        tally.wrong.push(`${options.target} ${reply.status} ${reply.text.slice(0, 300)}`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
  }
  agent.destroy();
  return tally;
}
