/** The JSON format. Source: CatBoost 1.2 libs/model/model_export/json_model_helpers.cpp `ConvertJsonToCatboostModel`. */
import type { CatboostModel, ObliviousTrees } from './catboost-model.ts';
import { asObject, integerAt, numbersAt, objectAt, objectsAt } from './json-members.ts';
import { checkLeaf, parseJsonNumber } from './json-number.ts';
import { invalidModelFile, notNative } from './model-error.ts';
import { type JsonObject, type JsonValue, readJson } from './read-json.ts';
import {
  categoryFromJson,
  ctrFromJson,
  ctrTableFromJson,
  floatFromJson,
  oneHotFromJson,
} from './read-json-features.ts';
import { readStepTrees } from './read-json-trees.ts';

/** Trees, their values and the number of outputs, which only the values tell. */
type Shapes = Pick<CatboostModel, 'trees' | 'leafValues' | 'outputCount'>;

/** Reads a JSON file. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export function readJsonModel(text: string): CatboostModel {
  const root = asObject(readJson(text), 'the file');
  const features = objectAt(root, 'features_info');
  for (const kind of ['text_features', 'embedding_features', 'estimated_features']) {
    if (features.members.has(kind)) throw notNative(`it has ${kind.replace('_', ' ')}`);
  }
  const categories = objectsAt(features, 'categorical_features');
  const shapes = root.members.has('oblivious_trees')
    ? readObliviousTrees(objectsAt(root, 'oblivious_trees'))
    : readStepTrees(objectsAt(root, 'trees'));
  return {
    ...shapes,
    ...readScale(root, shapes.outputCount),
    floatFeatures: objectsAt(features, 'float_features').map(floatFromJson),
    categoryFeatures: categories.map(categoryFromJson),
    oneHotFeatures: categories.flatMap(oneHotFromJson),
    ctrFeatures: objectsAt(features, 'ctrs').map(ctrFromJson),
    ctrTables: readTables(root),
    info: readInfo(root),
  };
}

function readTables(root: JsonObject): CatboostModel['ctrTables'] {
  const data = root.members.get('ctr_data') ?? null;
  if (data === null) return [];
  const tables = asObject(data, '"ctr_data"').members;
  return Array.from(tables, ([key, table]) => ctrTableFromJson(key, asObject(table, 'a table')));
}

/** Strings as they are, other values as JSON. */
function readInfo(root: JsonObject): ReadonlyMap<string, string> {
  if (!root.members.has('model_info')) return new Map();
  const { members, sources } = objectAt(root, 'model_info');
  const textOf = ([key, value]: [string, JsonValue]): [string, string] => [
    key,
    typeof value === 'string' ? value : shortenFloats(sources.get(key) ?? ''),
  ];
  return new Map(Array.from(members, textOf));
}

/** As CatBoost writes metadata again that it has read: with ten digits. */
function shortenFloats(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
    if (token.startsWith('"') || /^-?\d+$/.test(token)) return token;
    return String(Number((parseJsonNumber(token) ?? 0).toPrecision(10)));
  });
}

function readScale(root: JsonObject, outputCount: number): Pick<CatboostModel, 'scale' | 'bias'> {
  const none = new Float64Array(outputCount);
  const pair = root.members.get('scale_and_bias');
  if (pair === undefined) return { scale: 1, bias: none };
  const [scale, bias] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
  const isBias = Array.isArray(bias) && bias.every((value) => typeof value === 'number');
  if (typeof scale !== 'number' || !(isBias || bias === null)) {
    throw invalidModelFile('its scale and bias are no numbers');
  }
  return { scale, bias: bias === null || bias.length === 0 ? none : Float64Array.from(bias) };
}

function readObliviousTrees(trees: readonly JsonObject[]): Shapes {
  const splits: number[] = [];
  const depths: number[] = [];
  const leafValues: number[] = [];
  let outputCount = 1;
  for (const tree of trees) {
    const levels = objectsAt(tree, 'splits');
    const values = numbersAt(tree, 'leaf_values');
    outputCount = Math.floor(values.length / 2 ** levels.length);
    depths.push(levels.length);
    for (const level of levels) splits.push(integerAt(level, 'split_index'));
    for (const value of values) leafValues.push(checkLeaf(value));
  }
  const shape: ObliviousTrees = {
    kind: 'oblivious',
    splits: Int32Array.from(splits),
    depths: Int32Array.from(depths),
  };
  return { trees: shape, leafValues: Float64Array.from(leafValues), outputCount };
}
