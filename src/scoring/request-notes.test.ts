import { describe, expect, it } from 'vitest';
import type { Scorer } from '../contract/scorer.ts';
import { frame } from '../data/frame.ts';
import { createRequestNotes, type ModelObserver, type RequestNotes } from './request-notes.ts';
import { createScoringService, type ScoringService } from './scoring-service.ts';

const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 10_000,
} as const;

const body = new TextEncoder().encode('{"dataframe_split": {"columns": ["x"], "data": [[1.5]]}}');

/** A service whose calls are listed. */
function serve(scorer: Partial<Scorer>): { service: ScoringService; calls: number[][] } {
  const calls: number[][] = [];
  const observer: ModelObserver = {
    name: 'wine',
    version: '1',
    called: (requests, rows) => void calls.push([requests, rows]),
    queued: () => undefined,
    closed: () => undefined,
  };
  const predict: Scorer['predict'] = async (input) => input;
  const service = createScoringService(
    { scorer: { predict, close: async () => undefined, ...scorer }, signature: null },
    { ...options, observer },
  );
  return { service, calls };
}

async function score(service: ScoringService, text: Uint8Array = body): Promise<RequestNotes> {
  const notes = createRequestNotes();
  const request = { body: text, contentType: 'application/json', startedAtMs: performance.now() };
  await service.score({ ...request, notes }).catch(() => undefined);
  return notes;
}

/** Moments in the order in which they must have come. */
function moments({ parseAtMs, predictAtMs, encodeAtMs, encodedAtMs }: RequestNotes): number[] {
  return [parseAtMs, predictAtMs, encodeAtMs, encodedAtMs];
}

describe('notes of a request', () => {
  it('tell who scored, how many rows, and every phase in order', async () => {
    for (const scorer of [{}, { limits: { calls: 1 } }]) {
      const notes = await score(serve(scorer).service);
      expect(notes.model).toMatchObject({ name: 'wine', version: '1' });
      expect(notes.rows).toBe(1);
      const all = moments(notes);
      expect(all).not.toContain(0);
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect(notes.queueMs).toBe(0);
    }
  });

  it('end where a request failed', async () => {
    const bad = await score(serve({}).service, new TextEncoder().encode('{'));
    expect(moments(bad).map((at) => at > 0)).toEqual([true, false, false, false]);
    const failing = serve({ predict: () => Promise.reject(new Error('no')) });
    const failed = await score(failing.service);
    expect(moments(failed).map((at) => at > 0)).toEqual([true, true, false, false]);
  });

  it('tell how long it waited for its turn', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { service } = serve({
      limits: { calls: 1 },
      predict: async (input) => {
        await held;
        return input;
      },
    });
    const both = [score(service), score(service)];
    while (service.load.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    const sinceMs = performance.now();
    while (performance.now() - sinceMs < 5) await new Promise((resolve) => setImmediate(resolve));
    release();
    const [first, second] = await Promise.all(both);
    expect(first!.queueMs).toBe(0);
    expect(second!.queueMs).toBeGreaterThanOrEqual(5);
  });

  it('tell of merged calls, and of the wait before them', async () => {
    const { service, calls: seen }: ReturnType<typeof serve> = serve({
      limits: { calls: 1, mergedCalls: 1 },
      predict: async (input) => {
        if (seen.length === 2) await new Promise((resolve) => setTimeout(resolve, 5));
        return frame((input as ReturnType<typeof frame>).columns);
      },
    });
    await score(service);
    const held = score(service);
    while (seen.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const notes = await Promise.all([score(service), score(service), score(service)]);
    await held;
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
      [3, 3],
    ]);
    for (const { queueMs } of notes) expect(queueMs).toBeGreaterThan(0);
  });
});
