/** Replays the recorded exchanges of a model through our server, in process. */
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Scorer } from '../../src/contract/scorer.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createNativeRuntime } from '../../src/runtimes/native.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { type Answer, judgeAnswer } from './compare-answers.ts';
import { type CorpusCase, type CorpusModel, requestBody } from './corpus.ts';
import { listedDifference } from './listed-differences.ts';

/** What became of one case. */
export interface Outcome {
  readonly id: string;
  readonly verdict: 'passed' | 'failed' | 'needs another runtime';
  readonly reason?: string;
}

const nativeRuntime = createNativeRuntime();

/** Stages at which a request is refused before any model is asked. */
const stagesBeforeTheModel: ReadonlySet<string> = new Set([
  'protocol',
  'parse',
  'enforce',
  'params',
]);

/** A model behind our server; `scores` is false where no native reader can score it. */
interface Replayer {
  readonly app: FastifyInstance;
  readonly scores: boolean;
  readonly compat: 'slipway' | 'mlflow';
  readonly fromTypeHint: boolean;
  close(): Promise<void>;
}

/** A scorer for a model; `scores` is false where it must not be asked. */
type OpenScorer = (model: SavedModel) => Promise<{ scorer: Scorer; scores: boolean }>;

/** Replays every case of a model, with the native scorer unless `open` gives another. */
export async function replayModel(
  recorded: CorpusModel,
  compat: 'slipway' | 'mlflow' = 'slipway',
  open: OpenScorer = openScorer,
): Promise<readonly Outcome[]> {
  const replayer = await openReplayer(recorded, compat, open);
  const outcomes: Outcome[] = [];
  for (const one of recorded.cases) outcomes.push(await replayCase(recorded, one, replayer));
  await replayer.close();
  return outcomes;
}

async function openReplayer(
  recorded: CorpusModel,
  compat: 'slipway' | 'mlflow',
  open: OpenScorer,
): Promise<Replayer> {
  const model = await readSavedModel(recorded.directory);
  const { scorer, scores } = await open(model);
  const options = {
    compat,
    lenientTypes: false,
    nonFinite: 'tokens',
    timeoutMs: timeoutOf(recorded),
  } as const;
  const service = createScoringService({ scorer, signature: model.signature }, options);
  const { app } = createScoringServer(service, { ...options, report: () => undefined });
  return {
    app,
    scores,
    compat,
    fromTypeHint: model.signature?.fromTypeHint === true,
    close: async () => {
      await app.close();
      await service.close();
    },
  };
}

/** Cases that must run into a time-out name it; the others of their model are quicker than that. */
function timeoutOf({ cases }: CorpusModel): number {
  const names = cases.map((one) => one.server_env?.['MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT']);
  return Number(names.find((seconds) => seconds !== undefined) ?? 60) * 1000;
}

/** The native scorer of a model, or a stand-in that must not be asked. */
export async function openScorer(model: SavedModel): Promise<{ scorer: Scorer; scores: boolean }> {
  const assessment = await nativeRuntime.assess(model);
  if (!assessment.canScore) return { scorer: unreachableScorer, scores: false };
  const environment = await nativeRuntime.prepare(model, {});
  return { scorer: await nativeRuntime.open(model, environment), scores: true };
}

/** Stands for a model of another runtime: a request that is refused earlier must never come here. */
const unreachableScorer: Scorer = {
  predict: () => Promise.reject(new Error('the model was asked')),
  close: () => Promise.resolve(),
};

async function replayCase(
  recorded: CorpusModel,
  one: CorpusCase,
  replayer: Replayer,
): Promise<Outcome> {
  const refusedEarly = isRefusedEarly(one) && !replayer.fromTypeHint;
  if (!replayer.scores && !refusedEarly) return { id: one.id, verdict: 'needs another runtime' };
  const answer = await send(replayer.app, one);
  const reason = judgeAnswer(one, answer, recorded.numeric);
  const isListed = replayer.compat === 'slipway' && listedDifference(one, answer) !== null;
  if (reason === null || isListed) return { id: one.id, verdict: 'passed' };
  return { id: one.id, verdict: 'failed', reason };
}

/** A 404 with an error code is the model's own answer: the protocol's has none. */
function isRefusedEarly(one: CorpusCase): boolean {
  if (one.stage === 'protocol' && one.error_code !== undefined) return false;
  return stagesBeforeTheModel.has(one.stage ?? '');
}

async function send(app: FastifyInstance, one: CorpusCase): Promise<Answer> {
  const body = requestBody(one);
  const response = await app.inject({
    method: one.request.method as NonNullable<InjectOptions['method']>,
    url: one.request.path,
    headers: { host: 'testserver', ...one.request.headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: response.statusCode,
    contentType: (response.headers['content-type'] as string | undefined) ?? null,
    body: response.payload,
    headers: response.headers,
  };
}
