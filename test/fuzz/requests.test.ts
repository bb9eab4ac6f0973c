/** Mutated requests: each gets an answer of the protocol; nothing crashes, hangs or takes much memory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { ownCorpus, readCorpus, requestBody } from '../conformance/corpus.ts';
import { openModel } from '../../src/backend/open-model.ts';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { createScoringService, type ScoringService } from '../../src/scoring/scoring-service.ts';
import { createScoringServer, type ScoringServer } from '../../src/server/create-scoring-server.ts';
import { mutate, seededRandom } from './mutate.ts';

/** Runs in `npm test`; `npm run soak` asks for more. */
const runs = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 600);
const memoryLimitBytes = 256 * 2 ** 20;
const model = path.join(projectRoot, 'examples/diabetes/model');
const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 60_000,
} as const;

let service: ScoringService;
let server: ScoringServer;
const unexpected: string[] = [];

beforeAll(async () => {
  const opened = await openModel(model, resolveBackendOptions({ runtime: 'native' }));
  service = createScoringService(
    { scorer: opened.scorer, signature: opened.model.signature },
    options,
  );
  server = createScoringServer(service, { ...options, report: (text) => unexpected.push(text) });
});

afterAll(async () => {
  await server.app.close();
  await service.close();
});

const parquetType = 'application/vnd.apache.parquet';

/** Parquet of every type and encoding that is read. */
function parquetBodies(): readonly { body: Buffer; contentType: string }[] {
  const file = path.join(projectRoot, 'test/fixtures/parquet/cases.json');
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly body: string }[];
  return recorded.map(({ body }) => ({
    body: Buffer.from(body, 'base64'),
    contentType: parquetType,
  }));
}

/** Bodies to start from: the example's own request and every recorded one. */
function seedBodies(): readonly { body: Buffer; contentType: string }[] {
  const example = readFileSync(path.join(model, 'serving_input_example.json'));
  const recorded = readCorpus(ownCorpus).flatMap((one) =>
    one.cases.map((each) => ({
      body: requestBody(each) ?? Buffer.alloc(0),
      contentType: each.request.headers['Content-Type'] ?? 'application/json',
    })),
  );
  return [{ body: example, contentType: 'application/json' }, ...recorded, ...parquetBodies()];
}

describe('mutated requests', () => {
  it(`all ${runs} get an answer of the protocol`, async () => {
    const seeds = seedBodies();
    const random = seededRandom(20_261_123);
    const before = process.memoryUsage().rss;
    const statuses = new Map<number, number>();
    for (let run = 0; run < runs; run++) {
      const seed = seeds[Math.floor(random() * seeds.length)]!;
      const response = await server.app.inject({
        method: 'POST',
        url: '/invocations',
        headers: { 'content-type': seed.contentType },
        payload: mutate(seed.body, random),
      });
      statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
      if (response.statusCode >= 500) unexpected.push(`${response.statusCode} ${response.payload}`);
    }
    expect(unexpected).toEqual([]);
    expect([...statuses.keys()].every((status) => [200, 400, 415].includes(status))).toBe(true);
    expect(statuses.get(400)).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(memoryLimitBytes);
  });
});
