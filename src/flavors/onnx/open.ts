/** Opens a model: one session for every call, and further ones that are made when they are first needed. */
import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { models } from './assess.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { loadRuntime } from './load-runtime.ts';
import type { ModelInterface } from './model-interface.ts';
import { OnnxSession } from './onnx-session.ts';
import { beginWithOwn } from './own/begin-with-own.ts';
import type { OwnGraph } from './own/find-own-graph.ts';
import { OwnSession } from './own/own-session.ts';
import { createOverridingSession, type OverridingSession } from './overriding-session.ts';
import { predict } from './predict.ts';
import { chooseProviders } from './providers.ts';
import type { SessionOptions } from './session-options.ts';
import type { Outputs } from './to-answer.ts';

/** Opens a saved ONNX model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(saved: SavedModel, options: OpenOptions): Promise<Scorer> {
  const loaded = await models.take(saved);
  const { own, interface: described, acceptsEmpty, fileState } = loaded;
  const ownSession = own && openOwn(own, loaded, options);
  // The library is not needed for it, nor loaded.
  if (ownSession !== null && own?.mostRows === null) return openAlone(ownSession, described);
  const settings = {
    options: withThreads(loaded.options, options.threads),
    providers: chooseProviders(loaded.config, loadRuntime().backends),
  };
  const outputNames = described.outputs.map(({ name }) => name);
  const hasThread = (options.threads ?? 2) > 1;
  const library = new OnnxSession(
    { ...settings, file: loaded.file },
    {
      outputNames,
      reload: hasThread ? async () => (await readAgain(saved, fileState)).file : null,
    },
  );
  const session =
    own === null || ownSession === null
      ? library
      : await beginWithOwn({ graph: own, session: ownSession }, library);
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
      await Promise.all([
        library.close(),
        ownSession?.close(),
        overriding?.then((one) => one.close()),
      ]);
    },
  };
}

function openOwn(
  graph: OwnGraph,
  { options: { intraOpNumThreads } }: LoadedModel,
  { threads }: OpenOptions,
): OwnSession {
  const asIf = intraOpNumThreads ?? (threads === undefined ? undefined : Math.max(1, threads));
  return new OwnSession(graph, { asIf, own: threads });
}

function openAlone(own: OwnSession, described: ModelInterface): Scorer {
  const opened = {
    interface: described,
    acceptsEmpty: true,
    session: {
      run: (...call: Parameters<OwnSession['run']>) =>
        own.run(...call) as Outputs | Promise<Outputs>,
    },
    overriding: () => Promise.reject(new Error('the model has no defaults')),
  };
  return {
    predict: async (input, _params, signal) => predict(opened, input, signal),
    close: () => own.close(),
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
