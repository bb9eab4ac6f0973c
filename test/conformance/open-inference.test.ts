/**
 * Both protocols answer alike: every recorded request that `/invocations` takes, said once more in V2, as JSON and
 * with binary tensors, gets the same values. Native models always, Python models where the reference Python is.
 */
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isPyDict } from '../../src/data/py-value.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import type { Signature } from '../../src/model/signature.ts';
import { decodeRequest } from '../../src/payload/decode-request.ts';
import { describeTensors } from '../../src/payload/oip/model-tensors.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { repositoryOf } from '../../src/repository/repository-of.ts';
import {
  type CorpusCase,
  type CorpusModel,
  outerCorpora,
  ownCorpus,
  readCorpus,
  requestBody,
} from './corpus.ts';
import { referenceEnvironment, referencePython } from './reference-python.ts';
import { openScorer } from './replay.ts';
import { namedPredictions, readV2Answer } from './v2-answer.ts';
import { writeV2Request } from './v2-request.ts';

const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 60_000,
} as const;
const mostCases = 40;
const pythonRuntime = createPythonRuntime();
let compared = 0;

type Open = (model: SavedModel) => Promise<{ scorer: Scorer; scores: boolean }>;

async function openInPython(model: SavedModel): Promise<{ scorer: Scorer; scores: boolean }> {
  const scorer = await pythonRuntime.open(model, referenceEnvironment(), { threads: 2 });
  return { scorer, scores: true };
}

async function compareModel(recorded: CorpusModel, open: Open): Promise<readonly string[]> {
  const model = await readSavedModel(recorded.directory);
  const { signature } = model;
  if (signature === null || signature.inputs === null) return [];
  const { scorer, scores } = await open(model);
  if (!scores) return [];
  const service = createScoringService({ scorer, signature }, options);
  const repository = repositoryOf({ name: 'm', version: '1', service, signature });
  const { app } = createScoringServer(service, { ...options, repository, report: () => undefined });
  const failures: string[] = [];
  const taken = recorded.cases.filter(
    (one) =>
      one.response.status === 200 &&
      one.request.path === '/invocations' &&
      /json/.test(one.request.headers['Content-Type'] ?? 'json') &&
      !one.id.endsWith('returns-nd_dtns'),
  );
  for (const one of taken.slice(0, mostCases)) {
    for (const isBinary of [false, true]) {
      const reason = await compareCase(app, signature, one, isBinary);
      if (reason !== null) failures.push(`${one.id} ${isBinary ? 'binary' : 'json'}: ${reason}`);
    }
  }
  await app.close();
  await service.close();
  return failures;
}

async function compareCase(
  app: FastifyInstance,
  signature: Signature,
  one: CorpusCase,
  isBinary: boolean,
): Promise<string | null> {
  const body = requestBody(one) ?? Buffer.alloc(0);
  // `inputs` makes NumPy arrays of nested lists; V2's JSON documents stay lists, as in a frame.
  if (isNested(signature) && !body.includes('"dataframe_')) return null;
  const contentType = one.request.headers['Content-Type'] ?? one.request.headers['content-type'];
  const old = await app.inject({
    method: 'POST',
    url: '/invocations',
    headers: { 'content-type': contentType ?? 'application/json' },
    payload: body,
  });
  if (old.statusCode !== 200 || !old.payload.startsWith('{"predictions"')) return null;
  const decoded = await decodeRequest(body, contentType, signature, options);
  const input = enforceInput(decoded.data, signature, options);
  const params = isPyDict(decoded.params ?? undefined) ? (decoded.params as never) : null;
  const request = writeV2Request(input, describeTensors(signature), params, isBinary);
  if (request === null) return null;
  const headers =
    request.headerLength === null
      ? {}
      : { 'inference-header-content-length': String(request.headerLength) };
  const response = await app.inject({
    method: 'POST',
    url: '/v2/models/m/infer',
    headers,
    payload: request.body,
  });
  if (response.statusCode !== 200)
    return `${response.statusCode} ${response.payload.slice(0, 300)}`;
  const length = response.headers['inference-header-content-length'];
  const values = readV2Answer(response.rawPayload, length === undefined ? null : Number(length));
  compared += 1;
  return differenceOf(namedPredictions(old.payload), values);
}

function differenceOf(
  wanted: Map<string, unknown[]>,
  given: Map<string, unknown[]>,
): string | null {
  // A frame without rows is an empty list in the older protocol.
  const isEmpty = [...wanted.values()].every((values) => values.length === 0);
  if (isEmpty && [...given.values()].every((values) => values.length === 0)) return null;
  // How Python prints a frame tells more than its values: whether the parser wrote None or NaN.
  for (const values of [wanted, given]) values.delete('repr');
  const [a, b] = [wanted, given].map((values) => comparable(JSON.stringify([...values])));
  return a === b ? null : `wanted ${a?.slice(0, 300)}, got ${b?.slice(0, 300)}`;
}

function isNested({ inputs }: Signature): boolean {
  return inputs?.kind === 'columns' && inputs.columns.some(({ type }) => type.kind !== 'scalar');
}

/** Dates are ISO texts in V2, missing ones null; `np.bytes_` is what `inputs` makes of bytes. */
function comparable(text: string): string {
  return text
    .replaceAll('"NaT"', 'null')
    .replaceAll('T00:00:00"', '"')
    .replaceAll(/np\.bytes_\((b'[^']*')\)/g, '$1');
}

for (const folder of [ownCorpus, ...outerCorpora]) {
  const models = readCorpus(folder);
  const title = `${path.basename(path.dirname(folder))}/${path.basename(folder)}`;
  describe(`V2 answers like /invocations: ${title}`, () => {
    it.each(models.map((model) => [model.name, model] as const))(
      '%s',
      async (_name, model) => {
        expect(await compareModel(model, openScorer)).toEqual([]);
      },
      60_000,
    );
  });
  const inPython = models.filter((model) => model.needsPython);
  if (inPython.length === 0) continue;
  describe.skipIf(referencePython === null)(
    `in Python (needs the reference Python): ${title}`,
    () => {
      it.each(inPython.map((model) => [model.name, model] as const))(
        '%s',
        async (_name, model) => {
          expect(await compareModel(model, openInPython)).toEqual([]);
        },
        120_000,
      );
    },
  );
}

afterAll(() => {
  process.stdout.write(`V2 compared with /invocations: ${compared} requests\n`);
});
