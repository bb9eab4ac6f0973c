/** One call: feeds, run, answer. MLflow's wrapper takes no notice of params. */
import { isFrame } from '../../data/frame.ts';
import type { Prediction, ScoringInput } from '../../data/scoring-data.ts';
import { toFeeds } from './feed-dict.ts';
import { refuseInput } from './invalid-model-file.ts';
import type { ModelInterface } from './model-interface.ts';
import type { OnnxSession } from './onnx-session.ts';
import type { OverridingSession } from './overriding-session.ts';
import { type Outputs, toDict, toTable } from './to-answer.ts';
import { type TensorParts, toTensor } from './to-tensor.ts';

/** Everything that a call needs of an opened model. */
export interface OpenedModel {
  readonly interface: ModelInterface;
  readonly session: Pick<OnnxSession, 'run'>;
  /** False where inputs without elements could end the process. */
  readonly acceptsEmpty: boolean;
  /** The session for calls that replace defaults, opened by the first of them. */
  readonly overriding: () => Promise<OverridingSession>;
}

/**
 * Scores one input.
 *
 * @returns a frame for a frame, else a dict of arrays; a promise for a long run
 * @throws PREDICT_FAILED where onnxruntime refuses the call
 */
export function predict(
  opened: OpenedModel,
  input: ScoringInput,
  signal: AbortSignal,
): Prediction | Promise<Prediction> {
  signal.throwIfAborted();
  const { inputs, optionalInputs, outputs } = opened.interface;
  const feeds: Record<string, TensorParts> = {};
  let overrides = false;
  for (const feed of toFeeds(input, inputs, optionalInputs)) {
    const tensor = toTensor(feed);
    if (tensor.data.length === 0 && !opened.acceptsEmpty) throw refuseEmpty(feed.input.name);
    feeds[feed.input.name] = tensor;
    overrides ||= feed.isOverride === true;
  }
  const toAnswer = (tensors: Outputs): Prediction =>
    isFrame(input) ? toTable(outputs, tensors) : toDict(outputs, tensors);
  if (overrides)
    return opened.overriding().then(async (session) => toAnswer(await session.run(feeds, signal)));
  const pending = opened.session.run(feeds, signal);
  return pending instanceof Promise ? pending.then(toAnswer) : toAnswer(pending);
}

function refuseEmpty(input: string): Error {
  return refuseInput(
    `The input ${JSON.stringify(input)} has no elements, which this model can't be given natively; use the python runtime for it.`,
    { input },
  );
}
