/** Trees of any shape in a JSON file: nested nodes. Source: CatBoost 1.2 json_model_helpers.cpp `GetNonSymmetricModelTrees`. */
import type { CatboostModel } from './catboost-model.ts';
import { integerAt, objectAt } from './json-members.ts';
import { checkLeaf } from './json-number.ts';
import { invalidModelFile, notNative } from './model-error.ts';
import type { JsonObject } from './read-json.ts';

/** Farthest step of a node, as CatBoost stores it. */
const farthestStep = 0xffff;

/** Nodes and values in the order of reading. */
class TreeCollector {
  readonly splits: number[] = [];
  readonly leftSteps: number[] = [];
  readonly rightSteps: number[] = [];
  readonly leafIndexes: number[] = [];
  readonly leafValues: number[] = [];
  outputCount: number | undefined;

  /** Adds a node and all below it; returns its number. The reader has bounded the nesting. */
  add(node: JsonObject): number {
    const number = this.splits.length;
    const isLeaf = node.members.has('value');
    this.splits.push(isLeaf ? 0 : integerAt(objectAt(node, 'split'), 'split_index'));
    this.leftSteps.push(0);
    this.rightSteps.push(0);
    this.leafIndexes.push(isLeaf ? this.#addValues(node) : 0xffffffff);
    if (isLeaf) return number;
    this.leftSteps[number] = this.#step(number, objectAt(node, 'left'));
    this.rightSteps[number] = this.#step(number, objectAt(node, 'right'));
    return number;
  }

  #step(from: number, child: JsonObject): number {
    const step = this.add(child) - from;
    if (step > farthestStep) throw notNative(`a node steps over ${step} nodes`);
    return step;
  }

  #addValues(node: JsonObject): number {
    const first = this.leafValues.length;
    const value = node.members.get('value');
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    this.outputCount ??= values.length;
    if (values.length !== this.outputCount) {
      throw invalidModelFile('its leaves have different numbers of values');
    }
    for (const number of values) {
      if (typeof number !== 'number') throw invalidModelFile('a leaf is no number');
      this.leafValues.push(checkLeaf(number));
    }
    return first;
  }
}

/** Reads trees. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export function readStepTrees(
  trees: readonly JsonObject[],
): Pick<CatboostModel, 'trees' | 'leafValues' | 'outputCount'> {
  const collector = new TreeCollector();
  const roots = trees.map((tree) => collector.add(tree));
  return {
    trees: {
      kind: 'steps',
      splits: Int32Array.from(collector.splits),
      roots: Int32Array.from(roots),
      leftSteps: Uint16Array.from(collector.leftSteps),
      rightSteps: Uint16Array.from(collector.rightSteps),
      leafIndexes: Uint32Array.from(collector.leafIndexes),
    },
    leafValues: Float64Array.from(collector.leafValues),
    outputCount: collector.outputCount ?? 1,
  };
}
