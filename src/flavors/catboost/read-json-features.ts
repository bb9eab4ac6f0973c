/** Features and tables of a JSON file. Source: CatBoost 1.2 libs/model/model_export/json_model_helpers.cpp. */
import {
  type CategoryFeature,
  type CtrBase,
  type CtrFeature,
  type CtrProjection,
  type CtrTable,
  type CtrType,
  ctrTypes,
  type FloatFeature,
  type OneHotFeature,
} from './catboost-model.ts';
import { buildBuckets } from './hash-buckets.ts';
import {
  asObject,
  integerAt,
  listAt,
  numberAt,
  numbersAt,
  objectsAt,
  textAt,
} from './json-members.ts';
import { invalidModelFile } from './model-error.ts';
import { type JsonObject, readJson } from './read-json.ts';

/** A member of `float_features`. @throws MODEL_FILE_INVALID */
export function floatFromJson(object: JsonObject): FloatFeature {
  const missing = textAt(object, 'nan_value_treatment', 'AsIs');
  if (missing !== 'AsIs' && missing !== 'AsFalse' && missing !== 'AsTrue') {
    throw invalidModelFile(`the treatment ${missing} of missing values is unknown`);
  }
  return {
    index: integerAt(object, 'feature_index'),
    flatIndex: integerAt(object, 'flat_feature_index'),
    name: textAt(object, 'feature_id', ''),
    borders: Float32Array.from(numbersAt(object, 'borders')),
    hasNans: object.members.get('has_nans') === true,
    missing,
  };
}

/** A member of `categorical_features`. @throws MODEL_FILE_INVALID */
export function categoryFromJson(object: JsonObject): CategoryFeature {
  return {
    index: integerAt(object, 'feature_index'),
    flatIndex: integerAt(object, 'flat_feature_index'),
    name: textAt(object, 'feature_id', ''),
    isUsed: true,
  };
}

/** The one-hot values of a member of `categorical_features`; none where it has none. @throws MODEL_FILE_INVALID */
export function oneHotFromJson(object: JsonObject): readonly OneHotFeature[] {
  if (!object.members.has('values')) return [];
  const values = numbersAt(object, 'values');
  if (!values.every((value) => (value | 0) === value)) {
    throw invalidModelFile('one-hot values are not hashes');
  }
  const categoryIndex = integerAt(object, 'feature_index');
  return [{ categoryIndex, values: Int32Array.from(values) }];
}

/** A member of `ctrs`. @throws MODEL_FILE_INVALID */
export function ctrFromJson(object: JsonObject): CtrFeature {
  return {
    base: {
      projection: projectionFromJson(objectsAt(object, 'elements')),
      type: typeFromJson(textAt(object, 'ctr_type')),
      targetBorderClassifier: 0,
    },
    targetBorder: integerAt(object, 'target_border_idx'),
    priorNumerator: Math.fround(numberAt(object, 'prior_numerator')),
    priorDenominator: Math.fround(numberAt(object, 'prior_denomerator')),
    shift: Math.fround(numberAt(object, 'shift')),
    scale: Math.fround(numberAt(object, 'scale')),
    borders: Float32Array.from(numbersAt(object, 'borders')),
  };
}

function typeFromJson(name: string): CtrType {
  const type = ctrTypes.find((known) => known === name);
  if (type === undefined) throw invalidModelFile(`the target statistic ${name} is unknown`);
  return type;
}

function projectionFromJson(elements: readonly JsonObject[]): CtrProjection {
  const categories: number[] = [];
  const floatSplits: CtrProjection['floatSplits'][number][] = [];
  const oneHotSplits: CtrProjection['oneHotSplits'][number][] = [];
  for (const element of elements) {
    const kind = textAt(element, 'combination_element');
    if (kind === 'cat_feature_value') categories.push(integerAt(element, 'cat_feature_index'));
    else if (kind === 'float_feature') {
      const border = Math.fround(numberAt(element, 'border'));
      floatSplits.push({ index: integerAt(element, 'float_feature_index'), border });
    } else {
      const index = integerAt(element, 'cat_feature_index');
      oneHotSplits.push({ index, value: integerAt(element, 'value') });
    }
  }
  return { categories, floatSplits, oneHotSplits };
}

/** A member of `ctr_data`; its key is JSON too. @throws MODEL_FILE_INVALID */
export function ctrTableFromJson(key: string, object: JsonObject): CtrTable {
  const identity = asObject(readJson(key), 'the key of a table');
  const base: CtrBase = {
    projection: projectionFromJson(objectsAt(identity, 'identifier')),
    type: typeFromJson(textAt(identity, 'type')),
    targetBorderClassifier: 0,
  };
  const stride = integerAt(object, 'hash_stride');
  const list = listAt(object, 'hash_map');
  if (stride < 2 || list.length % stride !== 0) {
    throw invalidModelFile(`a table of target statistics has rows of ${stride}`);
  }
  const rows = list.length / stride;
  const hashes = Array.from({ length: rows }, (_, row) => list[row * stride]);
  const counts = Array.from({ length: rows * (stride - 1) }, (_, at) => {
    const count = list[Math.floor(at / (stride - 1)) * stride + 1 + (at % (stride - 1))];
    if (typeof count === 'number') return count;
    throw invalidModelFile('a target statistic counts something else than numbers');
  });
  return {
    base,
    buckets: buildBuckets(hashes.map(parseHash)),
    values: packCounts(counts, base.type),
    denominator: object.members.has('counter_denominator')
      ? integerAt(object, 'counter_denominator')
      : 0,
    classCount: stride - 1,
  };
}

function parseHash(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) {
    const hash = BigInt(value);
    if (hash < 2n ** 64n) return hash;
  }
  throw invalidModelFile('a hash is not a number of 64 bits');
}

/** CatBoost reads sums from JSON as integers, and takes one with a fraction for 0. Source: json_value.cpp `GetInteger`. */
function packCounts(counts: readonly number[], type: CtrType): Uint8Array {
  const view = new DataView(new ArrayBuffer(counts.length * 4));
  const isMean = type.endsWith('MeanValue');
  for (const [i, count] of counts.entries()) {
    if (isMean && i % 2 === 0) view.setFloat32(i * 4, Number.isInteger(count) ? count : 0, true);
    else if ((count | 0) === count) view.setInt32(i * 4, count, true);
    else throw invalidModelFile('a target statistic counts in fractions');
  }
  return new Uint8Array(view.buffer);
}
