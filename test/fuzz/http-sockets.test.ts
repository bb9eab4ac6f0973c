/** Random requests over real sockets: each is answered or refused as its sender's fault; nothing crashes, hangs or mixes up. */
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { fuzzedRequests, type FuzzedServer, runCases, startFuzzedServer } from './fuzzed-server.ts';
import { seededRandom } from './mutate.ts';
import { randomRequest } from './random-http.ts';

/** To each of two servers. */
const count = Math.ceil(fuzzedRequests * 0.4);
/** Uploads that never end are given up after it. */
const timeoutMs = 3000;
/** A connection that is still open then hangs. */
const hangMs = 60_000;

let server: FuzzedServer;

afterEach(() => server.stop());

/** Sends the bytes in pieces, then nothing more; resolves with what came back until the server has closed. */
function exchange(bytes: Buffer, pieces: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1' });
    const received: Buffer[] = [];
    const hang = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end after ${hangMs} ms`));
    }, hangMs);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    // A server that refuses what is still being sent may reset the connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(hang);
      resolve(Buffer.concat(received).toString('latin1'));
    });
    void send(socket, bytes, pieces);
  });
}

async function send(socket: net.Socket, bytes: Buffer, pieces: number): Promise<void> {
  const size = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    socket.write(bytes.subarray(at, at + size));
    if (pieces > 1) await turn();
  }
  socket.end();
}

/** Statuses of what came back, 100 left out. */
function statusesOf(received: string): number[] {
  const lines = received.matchAll(/HTTP\/1\.1 (\d{3}) /g);
  return Array.from(lines, ([, status]) => Number(status)).filter((status) => status !== 100);
}

describe('random requests over sockets', () => {
  it.each([
    ['a server', false, []],
    ['a server with doors', true, [401, 403]],
  ] as const)(
    `to %s are answered or refused, all ${count}`,
    async (to, hasDoors, refused) => {
      server = await startFuzzedServer(timeoutMs, hasDoors);
      const wanted = await server.answer();
      expect(wanted).toMatch(/^200 \{"predictions": \[/);
      const random = seededRandom(20_261_128);
      const wrong: string[] = [];
      const seen = new Map<number, number>();
      await runCases(count, 16, async (at) => {
        const { bytes, requests } = randomRequest(random, hasDoors);
        const received = await exchange(bytes, random() < 0.3 ? 2 + Math.floor(random() * 6) : 1);
        const statuses = statusesOf(received);
        for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
        const isOdd = received !== '' && !received.startsWith('HTTP/1.1 ');
        if (isOdd || statuses.length > requests || statuses.some((status) => status >= 500)) {
          wrong.push(`${bytes.toString('base64')} -> ${received.slice(0, 300)}`);
        }
        if (at % 50 === 0) expect([await server.answer(), server.reports]).toEqual([wanted, []]);
      });
      expect(wrong).toEqual([]);
      expect(server.reports).toEqual([]);
      expect(await server.answer()).toBe(wanted);
      expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 404, 405, ...refused]));
      process.stdout.write(
        `fuzzed HTTP of ${to}: ${count} connections, answers ${JSON.stringify([...seen].toSorted((a, b) => a[0] - b[0]))}\n`,
      );
    },
    600_000,
  );
});
