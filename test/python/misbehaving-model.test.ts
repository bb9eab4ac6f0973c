/** Models that hang, print, exit, raise, fork: the right status over HTTP, the next request served, nothing left. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { referencePython } from '../conformance/reference-python.ts';
import { until } from '../workers/fixture-pool.ts';
import { type ProbeModel, writeProbeModel } from './probe-model.ts';
import { type PythonServer, servePython } from './python-server.ts';

/** What a model prints in one call; `npm run soak` asks for 100 MB. */
const megabytes = process.env['SLIPWAY_SOAK_SECONDS'] === undefined ? 20 : 100;
const timeoutMs = 4000;

describe.skipIf(referencePython === null)(
  'a model that misbehaves, over HTTP (needs the reference Python)',
  () => {
    let saved: ProbeModel;
    let server: PythonServer;
    let asked = 0;

    beforeAll(async () => {
      vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
      saved = await writeProbeModel({ streamable: true });
    });
    afterAll(() => {
      saved.remove();
      vi.restoreAllMocks();
    });

    const pidOf = async (seconds = 0): Promise<number> => {
      const { status, text } = await server.tell({ do: 'process', seconds });
      expect(status).toBe(200);
      return (JSON.parse(text) as { pid: number }).pid;
    };
    const serves = async (): Promise<void> => {
      const value = ++asked;
      const text = String(value);
      expect(await server.tell({ do: 'echo', value })).toEqual({ status: 200, text });
    };

    describe('with one worker', () => {
      beforeAll(async () => {
        server = await servePython(saved.model, { threads: 4 });
      }, 60_000);
      afterAll(async () => {
        expect(await server.close()).toEqual([]);
      }, 30_000);

      it(`prints ${megabytes} MB`, { timeout: 120_000 }, async () => {
        expect(await server.tell({ do: 'print_much', megabytes })).toEqual({
          status: 200,
          text: '"printed"',
        });
        await serves();
      });

      it('raises', async () => {
        const answer = await server.tell({ do: 'raise_error', text: 'boom' });
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.text)).toMatchObject({ error_code: 'BAD_REQUEST' });
        expect(answer.text).toContain('boom');
        await serves();
      });

      it('raises SystemExit', async () => {
        expect(await server.tell({ do: 'leave' })).toMatchObject({ status: 400 });
        await serves();
      });

      it('returns what is not JSON', async () => {
        expect(await server.tell({ do: 'unencodable' })).toEqual({
          status: 500,
          text: 'Internal Server Error',
        });
        await serves();
      });

      it('forks a child that stays', async () => {
        const { status, text } = await server.tell({ do: 'fork_and_stay' });
        expect(status).toBe(200);
        expect(server.processes()).toContain(Number(text));
        await serves();
      });

      it('is not loaded anew because clients leave', { timeout: 60_000 }, async () => {
        const pid = await pidOf();
        const leave = async (_unused: unknown, at: number): Promise<void> => {
          const signal = AbortSignal.timeout(5 + (at % 40));
          const body = JSON.stringify({ prompt: { do: 'echo', value: at, seconds: 0.3 } });
          await server.post(body, { signal }).catch(() => undefined);
        };
        for (let round = 0; round < 3; round++) {
          await Promise.all(Array.from({ length: 40 }, leave));
        }
        expect(await pidOf()).toBe(pid);
      });

      it('exits', { timeout: 60_000 }, async () => {
        const pid = await pidOf();
        const waiting = server.tell({ do: 'echo', value: 'lost', seconds: 20 });
        const [answer, lost] = await Promise.all([server.tell({ do: 'exit', code: 3 }), waiting]);
        for (const { status, text } of [answer, lost]) {
          expect(status).toBe(500);
          expect(JSON.parse(text)).toMatchObject({
            error_code: 'INTERNAL_ERROR',
            message: expect.stringContaining('exit code 3'),
          });
        }
        await serves();
        expect(await pidOf()).not.toBe(pid);
      });

      it('streams, fails late, and is told when its client leaves', async () => {
        const stream = (order: object, signal?: AbortSignal): Promise<Response> =>
          server.post(JSON.stringify({ prompt: order }), {
            accept: 'text/event-stream',
            ...(signal === undefined ? {} : { signal }),
          });
        const whole = await stream({ count: 2 });
        expect(whole.headers.get('content-type')).toContain('text/event-stream');
        expect(await whole.text()).toBe(
          'data: {"number": 0}\n\ndata: {"number": 1}\n\ndata: [DONE]\n\n',
        );
        const late = await (await stream({ count: 9, fail_at: 1 })).text();
        expect(late).toMatch(/^data: \{"number": 0\}\n\nevent: error\ndata: \{.*the stream broke/);
        const note = path.join(saved.folder, 'note');
        const controller = new AbortController();
        const { body } = await stream({ count: 1e9, seconds: 0.01, note }, controller.signal);
        await body!.getReader().read();
        controller.abort();
        await vi.waitFor(() => expect(readFileSync(note, 'utf8')).toBe('closed\n'), 10_000);
        await serves();
      });
    });

    it(
      'hangs: 504 in time, the next request served, the hung worker replaced',
      { timeout: 120_000 },
      async () => {
        server = await servePython(saved.model, { workers: 2, threads: 2, timeoutMs });
        const busy = (): Promise<number[]> => Promise.all([0.3, 0.3, 0.3].map(pidOf));
        await vi.waitFor(async () => expect(new Set(await busy()).size).toBe(2), 30_000);
        const pids = new Set(await busy());
        const begun = performance.now();
        const hung = await server.tell({ do: 'echo', value: 0, seconds: 1000 });
        expect(hung).toEqual({ status: 504, text: 'Request processing time exceeded limit' });
        expect(performance.now() - begun).toBeGreaterThan(timeoutMs - 50);
        await serves();
        await Promise.all([serves(), serves(), serves()]);
        const alive = (): number => server.processes().filter((pid) => pids.has(pid)).length;
        await until(() => alive() === 1, 'the worker that hung is gone');
        expect(await server.close()).toEqual([]);
      },
    );

    it(
      'lets a request wait for a worker within its deadline when all are down',
      { timeout: 120_000 },
      async () => {
        server = await servePython(saved.model, { timeoutMs: 1500, threads: 2 });
        const pid = await pidOf();
        const stopped = server.tell({ do: 'echo', value: 0, seconds: 1 });
        await until(() => server.running() > 0, 'the worker has the request');
        process.kill(pid, 'SIGKILL');
        expect(await stopped).toMatchObject({ status: 500 });
        // A worker takes longer than that to import MLflow, or else the answer is there.
        const { status } = await server.tell({ do: 'echo', value: 0 });
        expect([200, 504]).toContain(status);
        await until(() => server.processes().length > 1, 'a worker was started');
        await vi.waitFor(serves, { timeout: 60_000, interval: 200 });
        expect(await server.close()).toEqual([]);
      },
    );
  },
);
