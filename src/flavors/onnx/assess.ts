import type { Assessment } from '../../contract/runtime.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { hasRuntime, installCommand, missingRuntime } from './load-runtime.ts';
import { toleranceOf } from './tolerance.ts';

/** What assessing has read, until the model is opened: the file is parsed once. */
const assessed = new WeakMap<SavedModel, LoadedModel>();

/** The model, as `assess` has read it or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function takeModel(saved: SavedModel): Promise<LoadedModel> {
  const loaded = assessed.get(saved) ?? (await loadModel(saved));
  assessed.delete(saved);
  return loaded;
}

/** Says whether a saved ONNX model is scored as MLflow scores it, by reading its file. */
export async function assess(saved: SavedModel): Promise<Assessment> {
  try {
    const loaded = await loadModel(saved);
    if (!hasRuntime())
      return { canScore: false, reason: missingRuntime().message, needs: [installCommand] };
    assessed.set(saved, loaded);
    const tolerance = toleranceOf(loaded);
    return { canScore: true, flavor: 'onnx', reason: describe(loaded), tolerance };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', 'onnxruntime'] : [];
    return { canScore: false, reason: error.message, needs };
  }
}

function describe({ model, interface: { inputs, outputs } }: LoadedModel): string {
  const count = (list: readonly unknown[], what: string): string =>
    `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
  const opset = model.opsets.get('') ?? model.opsets.get('ai.onnx.ml') ?? 0;
  return `a graph of ${count(model.graph.nodes, 'operation')} (opset ${opset}), ${count(inputs, 'input')}, ${count(outputs, 'output')}, run by onnxruntime-node`;
}
