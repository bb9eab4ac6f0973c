/**
 * Both protocols answer alike: every recorded request that `/invocations` takes, said once more in V2 over every transport,
 * gets the same values. Native models always, Python models where the reference Python is, and tritonclient where it is.
 */
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
import { clientsPython } from '../clients/clients-python.ts';
import { startTriton } from '../clients/triton-process.ts';
import { namedPredictions } from './v2-answer.ts';
import { v2Tensors } from './v2-request.ts';
import { startV2Server, type V2Server } from './v2-transports.ts';

const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 60_000,
} as const;
const mostCases = 40;
const pythonRuntime = createPythonRuntime();
const triton = clientsPython === null ? null : startTriton(clientsPython);
const compared = new Map<string, number>();

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
  const server = await startV2Server({ service, signature }, triton);
  const failures: string[] = [];
  const taken = recorded.cases.filter(
    (one) =>
      one.response.status === 200 &&
      one.request.path === '/invocations' &&
      /json/.test(one.request.headers['Content-Type'] ?? 'json') &&
      !one.id.endsWith('returns-nd_dtns'),
  );
  for (const one of taken.slice(0, mostCases)) {
    const reasons = await compareCase(server, signature, one);
    failures.push(...reasons.map((reason) => `${one.id} ${reason}`));
  }
  await server.stop();
  return failures;
}

async function compareCase(
  { app, transports }: V2Server,
  signature: Signature,
  one: CorpusCase,
): Promise<readonly string[]> {
  const body = requestBody(one) ?? Buffer.alloc(0);
  // `inputs` makes NumPy arrays of nested lists; V2's JSON documents stay lists, as in a frame.
  if (isNested(signature) && !body.includes('"dataframe_')) return [];
  const contentType = one.request.headers['Content-Type'] ?? one.request.headers['content-type'];
  const old = await app.inject({
    method: 'POST',
    url: '/invocations',
    headers: { 'content-type': contentType ?? 'application/json' },
    payload: body,
  });
  if (old.statusCode !== 200 || !old.payload.startsWith('{"predictions"')) return [];
  const decoded = await decodeRequest(body, contentType, signature, options);
  const input = enforceInput(decoded.data, signature, options);
  const params = isPyDict(decoded.params ?? undefined) ? (decoded.params as never) : null;
  const request = v2Tensors(input, describeTensors(signature), params);
  if (request === null) return [];
  const failures: string[] = [];
  for (const transport of transports) {
    const { name } = transport;
    try {
      const values = await transport.infer(request);
      if (values === null) continue;
      compared.set(name, (compared.get(name) ?? 0) + 1);
      const difference = differenceOf(namedPredictions(old.payload), values);
      if (difference !== null) failures.push(`${name}: ${difference}`);
    } catch (error) {
      failures.push(`${name}: ${String(error).slice(0, 300)}`);
    }
  }
  return failures;
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

afterAll(async () => {
  await triton?.stop();
  const counts = [...compared].map(([name, count]) => `${name} ${count}`);
  process.stdout.write(`V2 compared with /invocations: ${counts.join('; ')}\n`);
});
