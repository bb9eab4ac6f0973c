/**
 * Replays the recorded requests of the echo models: decoding and enforcement must hand over what MLflow's model got,
 * and must refuse what MLflow refused, with its status and error code. Every model is asked for refusals while parsing.
 */
import { describe, expect, it } from 'vitest';
import type { PyValue } from '../../src/data/py-value.ts';
import { isSlipwayError, type SlipwayError } from '../../src/errors/slipway-error.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { Signature } from '../../src/model/signature.ts';
import { type DecodedRequest, decodeRequest } from '../../src/payload/decode-request.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import {
  type CorpusCase,
  type CorpusModel,
  outerCorpora,
  readCorpus,
  requestBody,
} from '../conformance/corpus.ts';
import { describeInput, summarizeInput } from './print-echo.ts';

const options = { compat: 'slipway', lenientTypes: false } as const;

/** Refused with another status by design: contract §8 row 1, and limits of JSON. */
const isListedDifference = (one: CorpusCase): boolean =>
  one.response.status === 500 ||
  (one.request.headers['Content-Type'] === 'text/csv' && /datetime/i.test(one.id));

/** Params are enforced elsewhere, and a model may raise any error. */
const isDecoding = (one: CorpusCase): boolean =>
  (one.stage === 'parse' || one.stage === 'protocol' || one.stage === 'enforce') &&
  !one.response.body.includes('arameters') &&
  !one.model.startsWith('pf_raise');

interface Result {
  readonly decoded?: DecodedRequest;
  readonly data?: PyValue;
  readonly refusal?: { readonly stage: 'parse' | 'enforce'; readonly error: SlipwayError };
}

async function run(one: CorpusCase, signature: Signature | null): Promise<Result> {
  let stage: 'parse' | 'enforce' = 'parse';
  try {
    const body = requestBody(one) ?? new Uint8Array();
    const contentType = findHeader(one, 'content-type');
    const decoded = await decodeRequest(body, contentType, signature, options);
    stage = 'enforce';
    return { decoded, data: enforceInput(decoded.data, signature, options) };
  } catch (error) {
    if (isSlipwayError(error)) return { refusal: { stage, error } };
    throw error;
  }
}

function findHeader({ request }: CorpusCase, name: string): string | undefined {
  return Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Problems of one case; empty when it agrees. */
async function judge(
  one: CorpusCase,
  signature: Signature | null,
  echo: boolean,
): Promise<string | null> {
  const result = await run(one, signature);
  const { status } = one.response;
  if (status === 200) {
    if (result.refusal !== undefined) {
      return `refused (${result.refusal.stage}): ${result.refusal.error.message.slice(0, 150)}`;
    }
    return echo ? compareEcho(one, result) : null;
  }
  if (!isDecoding(one)) return null;
  if (result.refusal === undefined) return `accepted; MLflow refuses (${one.stage})`;
  const { httpStatus, mlflowCode } = result.refusal.error.definition;
  const code = one.error_code ?? mlflowCode;
  return httpStatus === status && mlflowCode === code
    ? null
    : `${httpStatus} ${mlflowCode}, not ${status} ${code}`;
}

function compareEcho(one: CorpusCase, { decoded, data = null }: Result): string | null {
  const answer = JSON.parse(one.response.body) as Record<string, unknown>;
  const printed = (decoded?.unified === true ? answer : answer['predictions']) as Record<
    string,
    unknown
  >;
  const generation = one.model.startsWith('pf_') ? 'pf' : 'contract';
  const expected = generation === 'pf' ? printed['input'] : pickSummary(printed);
  const actual = generation === 'pf' ? describeInput(data) : summarizeInput(data);
  const [wanted, got] = [normalize(expected), normalize(actual)];
  return wanted === got ? null : `expected ${wanted.slice(0, 300)} got ${got.slice(0, 300)}`;
}

/** The parts of an answer of `echo_*` that are compared. */
function pickSummary(printed: Record<string, unknown>): unknown {
  const { type, dtypes, cols, index, vals, dtype, shape, items } = printed;
  if (type === 'DataFrame') return { type, dtypes, cols, index, vals };
  if (type === 'ndarray') return { type, dtype, shape };
  return type === 'dict' ? { type, keys: Object.keys(items as object) } : { type };
}

function normalize(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/([<|][US])\d+/g, '$1')
    .replaceAll(/(\d)\. ?(?=[,\]])/g, '$1.0')
    .replaceAll(/np\.(?:bytes|str)_\(((?:b?'[^']*'))\)/g, '$1');
}

const isInvocation = (one: CorpusCase): boolean =>
  one.request.method === 'POST' && one.request.path === '/invocations';

async function replay(model: CorpusModel): Promise<{ total: number; failures: string[] }> {
  const { signature } = await readSavedModel(model.directory);
  const cases = model.cases.filter((one) => isInvocation(one) && !isListedDifference(one));
  const echo = /^(pf_)?echo_/.test(model.name);
  const failures: string[] = [];
  for (const one of cases) {
    const problem = await judge(one, signature, echo);
    if (problem !== null) failures.push(`${one.id}: ${problem}`);
  }
  return { total: cases.length, failures };
}

describe.skipIf(outerCorpora.length === 0)('decoding as recorded (needs ../shared/corpus)', () => {
  const models = outerCorpora.flatMap((folder) => readCorpus(folder));
  it('hands over and refuses what MLflow does', async () => {
    const results = await Promise.all(models.map(replay));
    const failures = results.flatMap((result) => result.failures);
    const total = results.reduce((sum, result) => sum + result.total, 0);
    process.stdout.write(
      `decode: ${total - failures.length} of ${total} recorded requests agree\n`,
    );
    expect(failures).toEqual([]);
  });
});
