/** Mutated V2 requests: each gets an answer of the protocol; nothing crashes, hangs or takes much memory. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { openModel } from '../../src/backend/open-model.ts';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { createScoringService, type ScoringService } from '../../src/scoring/scoring-service.ts';
import { createScoringServer, type ScoringServer } from '../../src/server/create-scoring-server.ts';
import { repositoryOf } from '../../src/repository/repository-of.ts';
import { mutate, seededRandom } from './mutate.ts';
import { replaceSomething } from './replace-something.ts';

/** Runs in `npm test`; `npm run soak` asks for more. */
const runs = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 600);
const memoryLimitBytes = 256 * 2 ** 20;
const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 60_000,
} as const;

let service: ScoringService;
let server: ScoringServer;
let names: readonly string[];
const unexpected: string[] = [];

beforeAll(async () => {
  const directory = path.join(projectRoot, 'examples/diabetes/model');
  const { scorer, model } = await openModel(
    directory,
    resolveBackendOptions({ runtime: 'native' }),
  );
  const { signature } = model;
  service = createScoringService({ scorer, signature }, options);
  const repository = repositoryOf({ name: 'm', version: '1', service, signature });
  names = repository.preferred().tensors.inputs?.map(({ name }) => name) ?? [];
  server = createScoringServer(service, {
    ...options,
    repository,
    report: (text) => unexpected.push(text),
  });
});

afterAll(async () => {
  await server.app.close();
  await service.close();
});

interface Seed {
  readonly body: Buffer;
  readonly headerLength: number | null;
}

/** JSON and binary requests that the model takes, and one that asks for everything by name. */
function seeds(): readonly Seed[] {
  const values = Buffer.from(Float64Array.of(0.5, -0.25).buffer);
  const input = (name: string, isBinary: boolean): object => ({
    name,
    shape: [2, 1],
    datatype: 'FP64',
    ...(isBinary ? { parameters: { binary_data_size: 16 } } : { data: [0.5, -0.25] }),
  });
  const asked = { outputs: [{ name: 'output-1', parameters: { binary_data: true } }], id: 'x' };
  const json = Buffer.from(
    JSON.stringify({ inputs: names.map((name) => input(name, false)), ...asked }),
  );
  const head = Buffer.from(JSON.stringify({ inputs: names.map((name) => input(name, true)) }));
  const binary = Buffer.concat([head, ...names.map(() => values)]);
  const odd = Buffer.from(
    '{"inputs":[{"name":"age","shape":[1,9007199254740991,1048576],"datatype":"BYTES","data":["a"],"parameters":{"content_type":"base64"}}],"parameters":{"content_type":"dict","k":1}}',
  );
  return [
    { body: json, headerLength: null },
    { body: binary, headerLength: head.length },
    { body: odd, headerLength: null },
  ];
}

function replaceInJson({ body, headerLength }: Seed, random: () => number): Seed {
  const head = body.subarray(0, headerLength ?? body.length);
  const odd = Buffer.from(
    JSON.stringify(replaceSomething(JSON.parse(head.toString()), random, 0.02)),
  );
  const tail = body.subarray(head.length);
  return {
    body: Buffer.concat([odd, tail]),
    headerLength: headerLength === null ? null : odd.length,
  };
}

async function send(body: Buffer, headerLength: string | null): Promise<number> {
  const response = await server.app.inject({
    method: 'POST',
    url: '/v2/models/m/infer',
    headers: headerLength === null ? {} : { 'inference-header-content-length': headerLength },
    payload: body,
  });
  if (response.statusCode >= 500) unexpected.push(`${response.statusCode} ${response.payload}`);
  if (response.statusCode !== 200) {
    expect(typeof (JSON.parse(response.payload) as { error: unknown }).error).toBe('string');
  }
  return response.statusCode;
}

describe('mutated V2 requests', () => {
  it('start from requests that are taken', async () => {
    for (const { body, headerLength } of seeds().slice(0, 2)) {
      expect(await send(body, headerLength === null ? null : String(headerLength))).toBe(200);
    }
  });

  it(`all ${runs} get an answer of the protocol`, async () => {
    const random = seededRandom(20_261_124);
    const from = seeds();
    const before = process.memoryUsage().rss;
    const statuses = new Set<number>();
    for (let run = 0; run < runs; run++) {
      const seed = from[Math.floor(random() * from.length)]!;
      const isDocument = random() < 0.5;
      const { body, headerLength } = isDocument ? replaceInJson(seed, random) : seed;
      const shift = random() < 0.1 ? Math.floor(random() * 40) - 20 : 0;
      const header = headerLength === null ? null : String(headerLength + shift);
      statuses.add(await send(isDocument ? body : mutate(body, random), header));
    }
    expect(unexpected).toEqual([]);
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([200, 400]);
    expect(process.memoryUsage().rss - before).toBeLessThan(memoryLimitBytes);
  });
});
