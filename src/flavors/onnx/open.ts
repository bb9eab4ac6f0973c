/** Opens a model: one session for every call, and further ones that are made when they are first needed. */
import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { models } from './assess.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { loadRuntime } from './load-runtime.ts';
import { OnnxSession } from './onnx-session.ts';
import type { OwnGraph } from './own/find-own-graph.ts';
import { OwnSession } from './own/own-session.ts';
import { createOverridingSession, type OverridingSession } from './overriding-session.ts';
import { predict } from './predict.ts';
import { chooseProviders } from './providers.ts';
import type { SessionOptions } from './session-options.ts';

/** Opens a saved ONNX model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(saved: SavedModel, options: OpenOptions): Promise<Scorer> {
  const loaded = await models.take(saved);
  if (loaded.own !== null) return openOwn(loaded, loaded.own, options);
  const { interface: described, acceptsEmpty, fileState } = loaded;
  const settings = {
    options: withThreads(loaded.options, options.threads),
    providers: chooseProviders(loaded.config, loadRuntime().backends),
  };
  const outputNames = described.outputs.map(({ name }) => name);
  const hasThread = (options.threads ?? 2) > 1;
  const session = new OnnxSession(
    { ...settings, file: loaded.file },
    {
      outputNames,
      reload: hasThread ? async () => (await readAgain(saved, fileState)).file : null,
    },
  );
  const openOverriding = async (): Promise<OverridingSession> =>
    createOverridingSession(
      await readAgain(saved, fileState),
      (file) => new OnnxSession({ ...settings, file }, { outputNames, reload: null }),
    );
  let overriding: Promise<OverridingSession> | null = null;
  const opened = {
    interface: described,
    acceptsEmpty,
    session,
    overriding: () => (overriding ??= openOverriding()),
  };
  return {
    predict: async (input, _params, signal) => predict(opened, input, signal),
    close: async () => {
      await Promise.all([session.close(), overriding?.then((one) => one.close())]);
    },
  };
}

/** The library is not needed for them, nor loaded. */
function openOwn(
  { interface: described, options: { intraOpNumThreads } }: LoadedModel,
  graph: OwnGraph,
  { threads }: OpenOptions,
): Scorer {
  const asIf = intraOpNumThreads ?? (threads === undefined ? undefined : Math.max(1, threads));
  const session = new OwnSession(graph, { asIf, own: threads });
  const opened = {
    interface: described,
    acceptsEmpty: true,
    session,
    overriding: () => Promise.reject(new Error('the model has no defaults')),
  };
  return {
    predict: async (input, _params, signal) => predict(opened, input, signal),
    close: () => session.close(),
  };
}

/** `--threads` holds where the MLmodel file does not say how many threads an operation may use. */
function withThreads(options: SessionOptions, threads: number | undefined): SessionOptions {
  if (threads === undefined || options.intraOpNumThreads !== undefined) return options;
  return { ...options, intraOpNumThreads: Math.max(1, threads) };
}

/** The file for a second session, which must be of the same model. */
async function readAgain(saved: SavedModel, fileState: string): Promise<LoadedModel> {
  const again = await loadModel(saved);
  if (again.fileState === fileState) return again;
  throw invalidModelFile('it has changed since it was opened; restart to use the new one');
}
