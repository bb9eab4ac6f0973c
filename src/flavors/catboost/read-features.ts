/** Features of a cbm file. Source of the field numbers: CatBoost 1.2 libs/model/flatbuffers/features.fbs, ctr_data.fbs. */
import {
  type CategoryFeature,
  type CtrBase,
  type CtrFeature,
  ctrTypes,
  type FloatFeature,
  type OneHotFeature,
} from './catboost-model.ts';
import type { FlatTable } from './flat-buffer.ts';
import { invalidModelFile } from './model-error.ts';

const missingTreatments = ['AsIs', 'AsFalse', 'AsTrue'] as const;

/** A `TFloatFeature`. @throws MODEL_FILE_INVALID */
export function readFloat(table: FlatTable): FloatFeature {
  const missing = missingTreatments[table.byte(5)];
  if (missing === undefined) throw invalidModelFile('a treatment of missing values is unknown');
  return {
    hasNans: table.byte(0) !== 0,
    index: table.int32(1, -1),
    flatIndex: table.int32(2, -1),
    borders: table.float32s(3),
    name: table.text(4),
    missing,
  };
}

/** A `TCatFeature`. */
export function readCategory(table: FlatTable): CategoryFeature {
  return {
    index: table.int32(0, -1),
    flatIndex: table.int32(1, -1),
    name: table.text(2),
    isUsed: table.byte(3, 1) !== 0,
  };
}

/** A `TOneHotFeature`. */
export function readOneHot(table: FlatTable): OneHotFeature {
  return { categoryIndex: table.int32(0, -1), values: table.int32s(1) };
}

/** A `TCtrFeature`. @throws MODEL_FILE_INVALID */
export function readCtr(table: FlatTable): CtrFeature {
  const ctr = table.table(0);
  return {
    base: readCtrBase(ctr.table(0)),
    targetBorder: ctr.int32(1),
    priorNumerator: ctr.float32(2),
    priorDenominator: ctr.float32(3, 1),
    shift: ctr.float32(4),
    scale: ctr.float32(5, 1),
    borders: table.float32s(1),
  };
}

/** A `TModelCtrBase`. @throws MODEL_FILE_INVALID */
export function readCtrBase(table: FlatTable): CtrBase {
  const type = ctrTypes[table.byte(1)];
  if (type === undefined) throw invalidModelFile('a kind of target statistic is unknown');
  const combination = table.table(0);
  const floats = combination.structs(1, 8);
  const oneHots = combination.structs(2, 8);
  return {
    type,
    targetBorderClassifier: table.int32(2),
    projection: {
      categories: Array.from(combination.int32s(0)),
      floatSplits: Array.from({ length: floats.byteLength / 8 }, (_, i) => ({
        index: floats.getInt32(i * 8, true),
        border: floats.getFloat32(i * 8 + 4, true),
      })),
      oneHotSplits: Array.from({ length: oneHots.byteLength / 8 }, (_, i) => ({
        index: oneHots.getInt32(i * 8, true),
        value: oneHots.getInt32(i * 8 + 4, true),
      })),
    },
  };
}
