/**
 * Replays every recorded refusal of enforcement and params, of every family, in process: decoding and enforcement must
 * refuse it with MLflow's status, error code and sentence, and must refuse nothing that reached a model.
 */
import { describe, expect, it } from 'vitest';
import { isSlipwayError, type SlipwayError } from '../../src/errors/slipway-error.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { Signature } from '../../src/model/signature.ts';
import { decodeRequest } from '../../src/payload/decode-request.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import { enforceParams } from '../../src/schema/enforce-params.ts';
import {
  type CorpusCase,
  type CorpusModel,
  outerCorpora,
  readCorpus,
  requestBody,
} from '../conformance/corpus.ts';

const options = { compat: 'mlflow', lenientTypes: false } as const;

/**
 * `enforce` and `params` must be refused here; what a model answered, or failed at, must not be.
 * The 500s are requests that crash MLflow's server: `docs/reference/differences.md` lists them.
 */
function isJudged({ request, response, stage }: CorpusCase): boolean {
  if (request.method !== 'POST' || request.path !== '/invocations') return false;
  if (response.status === 500) return false;
  return stage === 'enforce' || stage === 'params' || stage === 'model' || response.status === 200;
}

async function findRefusal(
  one: CorpusCase,
  signature: Signature | null,
): Promise<SlipwayError | null> {
  try {
    const contentType = one.request.headers['Content-Type'] ?? one.request.headers['content-type'];
    const body = requestBody(one) ?? new Uint8Array();
    const decoded = await decodeRequest(body, contentType, signature, options);
    enforceInput(decoded.data, signature, options);
    enforceParams(decoded.params, signature?.params ?? null, options);
    return null;
  } catch (error) {
    if (isSlipwayError(error)) return error;
    throw error;
  }
}

function judge(one: CorpusCase, refusal: SlipwayError | null): string | null {
  if (one.stage !== 'enforce' && one.stage !== 'params') {
    return refusal === null ? null : `refused: ${refusal.message.slice(0, 200)}`;
  }
  if (refusal === null) return 'accepted';
  const { httpStatus, mlflowCode } = refusal.definition;
  if (httpStatus !== one.response.status || mlflowCode !== one.error_code) {
    return `${httpStatus} ${mlflowCode} in place of ${one.response.status} ${one.error_code}`;
  }
  const wanted = sentenceOf((JSON.parse(one.response.body) as { message: string }).message);
  const got = sentenceOf(refusal.message);
  return got === wanted ? null : `says ${got}; MLflow ${wanted}`;
}

/** The beginning of the innermost error; names in sets are in no order, and values are cut. */
function sentenceOf(message: string): string {
  const sentence = message.split(/\sError: /).at(-1) ?? '';
  return sentence.split(/ ?[[{(]|\. |: /)[0]!.slice(0, 100);
}

async function replay(model: CorpusModel): Promise<{ refused: number; wrong: readonly string[] }> {
  const { signature } = await readSavedModel(model.directory);
  if (signature?.fromTypeHint === true) return { refused: 0, wrong: [] };
  const wrong: string[] = [];
  let refused = 0;
  for (const one of model.cases.filter(isJudged)) {
    const problem = judge(one, await findRefusal(one, signature));
    if (problem !== null) wrong.push(`${one.id}: ${problem}`);
    if (one.stage === 'enforce' || one.stage === 'params') refused++;
  }
  return { refused, wrong };
}

describe.skipIf(outerCorpora.length === 0)('refusals as recorded (needs ../shared/corpus)', () => {
  it('refuses what MLflow refuses, and nothing else', async () => {
    const models = outerCorpora.flatMap((folder) => readCorpus(folder));
    const results = await Promise.all(models.map(replay));
    const refused = results.reduce((sum, result) => sum + result.refused, 0);
    process.stdout.write(`enforcement: ${refused} recorded refusals replayed\n`);
    expect(results.flatMap((result) => result.wrong)).toEqual([]);
  });
});
