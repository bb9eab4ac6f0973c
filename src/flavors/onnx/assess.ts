import { type AssessedModels, assessByReading } from '../assess-by-reading.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { hasRuntime, installCommand, missingRuntime } from './load-runtime.ts';
import { toleranceOf } from './tolerance.ts';

/** Whether saved ONNX models are scored as MLflow scores them, and what reading them for that gave. */
export const models: AssessedModels<LoadedModel> = assessByReading({
  library: 'onnxruntime',
  read: loadModel,
  judge: (loaded) =>
    hasRuntime()
      ? {
          canScore: true,
          flavor: 'onnx',
          reason: describe(loaded),
          tolerance: toleranceOf(loaded),
        }
      : { canScore: false, reason: missingRuntime().message, needs: [installCommand] },
});

function describe({ model, own, interface: { inputs, outputs } }: LoadedModel): string {
  const count = (list: readonly unknown[], what: string): string =>
    `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
  const opset = model.opsets.get('') ?? model.opsets.get('ai.onnx.ml') ?? 0;
  return `a graph of ${count(model.graph.nodes, 'operation')} (opset ${opset}), ${count(inputs, 'input')}, ${count(outputs, 'output')}, run by ${runBy(own)}`;
}

function runBy(own: LoadedModel['own']): string {
  if (own === null) return 'onnxruntime-node';
  return own.mostRows === null ? 'our own kernels' : 'our own kernels and onnxruntime-node';
}
