import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { takeModel } from './assess.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { loadRuntime } from './load-runtime.ts';
import { OnnxSession } from './onnx-session.ts';
import { predict } from './predict.ts';
import { chooseProviders } from './providers.ts';
import type { SessionOptions } from './session-options.ts';

/** Opens a saved ONNX model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(saved: SavedModel, options: OpenOptions): Promise<Scorer> {
  const loaded = await takeModel(saved);
  const { outputs } = loaded.interface;
  const source = {
    file: loaded.file,
    options: withThreads(loaded.options, options.threads),
    providers: chooseProviders(loaded.config, loadRuntime().backends),
  };
  const session = new OnnxSession(source, {
    outputNames: outputs.map(({ name }) => name),
    reload: (options.threads ?? 2) > 1 ? () => readAgain(saved, loaded.fileState) : null,
  });
  const described = loaded.interface;
  return {
    predict: async (input, _params, signal) =>
      predict({ interface: described, session }, input, signal),
    close: () => session.close(),
  };
}

/** `--threads` holds where the MLmodel file does not say how many threads an operation may use. */
function withThreads(options: SessionOptions, threads: number | undefined): SessionOptions {
  if (threads === undefined || options.intraOpNumThreads !== undefined) return options;
  return { ...options, intraOpNumThreads: Math.max(1, threads) };
}

/** The file for a second session, which must be of the same model. */
async function readAgain(
  saved: SavedModel,
  fileState: LoadedModel['fileState'],
): Promise<Uint8Array> {
  const again = await loadModel(saved);
  if (again.fileState === fileState) return again.file;
  throw invalidModelFile('it has changed since it was opened; restart to use the new one');
}
