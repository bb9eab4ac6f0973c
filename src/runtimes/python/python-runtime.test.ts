/** Models that misbehave, stream, or do not load: what the caller is told, and that the next request is served. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Scorer } from '../../contract/scorer.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import {
  referenceEnvironment,
  referencePython,
} from '../../../test/conformance/reference-python.ts';
import { type ProbeModel, writeProbeModel } from '../../../test/python/probe-model.ts';
import { createPythonRuntime } from './index.ts';

const never = new AbortController().signal;
const runtime = createPythonRuntime();

function order(what: Readonly<Record<string, unknown>>): { body: Uint8Array; contentType: 'json' } {
  return { body: Buffer.from(JSON.stringify({ prompt: what })), contentType: 'json' };
}

describe.skipIf(referencePython === null)('python runtime (needs the reference Python)', () => {
  let saved: ProbeModel;
  let scorer: Scorer;
  const run = async (
    what: Readonly<Record<string, unknown>>,
    signal: AbortSignal = never,
  ): Promise<Prediction> => (await scorer.raw!.predict(order(what), signal)).prediction;

  beforeAll(async () => {
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    saved = await writeProbeModel({ streamable: true, config: { a: 1, b: 2 } });
    scorer = await runtime.open(saved.model, referenceEnvironment(), {
      threads: 2,
      modelConfig: { b: 5, c: 6 },
    });
  }, 60_000);
  afterAll(async () => {
    await scorer.close();
    saved.remove();
    vi.restoreAllMocks();
  });
  afterEach(async () => {
    expect(await run({ do: 'give', code: '1 + 1' })).toBe(2n);
  });

  it('merges the configuration and says that it serves', async () => {
    expect(await run({ do: 'settings' })).toEqual(
      new Map<string, Prediction>([
        [
          'config',
          new Map<string, Prediction>([
            ['a', 1n],
            ['b', 5n],
          ]),
        ],
        ['serving', 'true'],
      ]),
    );
  });

  it('keeps what is printed out of the answers', async () => {
    expect(await run({ do: 'print_much', megabytes: 2 })).toBe('printed');
    expect(await run({ do: 'fork' })).toBe(0n);
    expect(await run({ do: 'read_stdin' })).toBe('');
    expect(await run({ do: 'close_descriptors' })).toBe('closed');
  });

  it('tells exceptions from MlflowExceptions and from results that JSON cannot hold', async () => {
    await expect(run({ do: 'raise_error', text: 'boom' })).rejects.toMatchObject({
      code: 'PREDICT_FAILED',
      message: "KeyError: 'boom'",
    });
    await expect(run({ do: 'leave' })).rejects.toMatchObject({ code: 'PREDICT_FAILED' });
    await expect(run({ do: 'unencodable' })).rejects.toMatchObject({ code: 'UNENCODABLE_RESULT' });
    const code = 'RESOURCE_DOES_NOT_EXIST';
    await expect(run({ do: 'raise_mlflow', code, text: 'gone' })).rejects.toMatchObject({
      code: 'MODEL_RAISED',
      message: 'gone',
      details: { mlflowCode: code, httpStatus: 404, sqlstate: 'KAM00' },
    });
  });

  it('refuses a body that MLflow refuses', async () => {
    const contentType = 'json' as const;
    const predict = (body: string): Promise<unknown> =>
      scorer.raw!.predict({ body: Buffer.from(body), contentType }, never);
    await expect(predict('{')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(predict(`{"inputs": ${'9'.repeat(5000)}}`)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { mlflowStatus: 500 },
    });
  });

  it('replaces a worker that exits', async () => {
    await expect(run({ do: 'exit', code: 3 })).rejects.toMatchObject({ code: 'WORKER_LOST' });
  });

  it('answers several requests at once', async () => {
    const startedAtMs = performance.now();
    await Promise.all([run({ do: 'sleep', seconds: 1 }), run({ do: 'sleep', seconds: 1 })]);
    expect(performance.now() - startedAtMs).toBeLessThan(1950);
  });

  it('answers at once when the caller gives up', async () => {
    const reason = new Error('too late');
    const waiting = run({ do: 'sleep', seconds: 0.1 }, AbortSignal.abort(reason));
    await expect(waiting).rejects.toBe(reason);
    const controller = new AbortController();
    const running = run({ do: 'sleep', seconds: 0.3 }, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
  });

  const streamed = async (what: object, limit = Infinity): Promise<readonly Prediction[]> => {
    const items: Prediction[] = [];
    for await (const item of scorer.raw!.predictStream!(order({ ...what }), never)) {
      items.push(item);
      if (items.length >= limit) break;
    }
    return items;
  };

  it('streams', async () => {
    const items = await streamed({ count: 3 });
    expect(items).toEqual([0n, 1n, 2n].map((number) => new Map([['number', number]])));
    await expect(streamed({ fail_at: 2 })).rejects.toMatchObject({
      code: 'PREDICT_FAILED',
      message: 'ValueError: the stream broke',
    });
  });

  it('closes the stream of a client that leaves', async () => {
    const note = path.join(saved.folder, 'note');
    expect(await streamed({ count: 1e9, seconds: 0.01, note }, 2)).toHaveLength(2);
    await vi.waitFor(() => expect(readFileSync(note, 'utf8')).toBe('closed\n'), 30_000);
  });

  it.each([
    ['raise', 'MODEL_LOAD_FAILED', 'RuntimeError: no such weights'],
    ['exit', 'WORKERS_FAILED', 'exit code 7'],
  ])(
    'says why a model does not load: %s',
    async (told, code, text) => {
      const environment = { ...referenceEnvironment(), variables: { PROBE_LOAD: told } };
      const opening = runtime.open(saved.model, environment);
      await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    },
    60_000,
  );
});
