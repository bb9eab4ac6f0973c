/** The cbm format: a flatbuffer of features and trees, followed by the tables of target statistics. */
import type { CatboostModel, ObliviousTrees, StepTrees } from './catboost-model.ts';
import { FlatTable } from './flat-buffer.ts';
import { invalidModelFile, notNative } from './model-error.ts';
import { readCtrTables, readSizedPart } from './read-ctr-tables.ts';
import { readCategory, readCtr, readFloat, readOneHot } from './read-features.ts';

// Fields of the tables in their order. Source: CatBoost 1.2 libs/model/flatbuffers/model.fbs.
const core = { formatVersion: 0, trees: 1, info: 2, partIds: 3 };
const trees = {
  outputCount: 0,
  splits: 1,
  sizes: 2,
  starts: 3,
  categories: 4,
  floats: 5,
  oneHots: 6,
  ctrs: 7,
  leafValues: 8,
  stepNodes: 10,
  leafIndexes: 11,
  texts: 12,
  estimated: 13,
  scale: 14,
  bias: 15,
  multiBias: 16,
  embeddings: 18,
};

/** `CBM1`. */
const magic = 0x314d4243;

/** True for bytes that begin as a cbm file. */
export function isCbm(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === magic
  );
}

/**
 * Reads a cbm file.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE for parts that only CatBoost evaluates
 */
export function readCbm(bytes: Uint8Array): CatboostModel {
  if (!isCbm(bytes)) throw invalidModelFile('it does not begin with CBM1');
  const coreTable = readSizedPart(bytes, 4);
  const root = FlatTable.root(coreTable.bytes);
  const version = root.text(core.formatVersion);
  if (version !== 'FlabuffersModel_v1') {
    throw notNative(`the file is in format ${JSON.stringify(version)}, which is not known`);
  }
  const partIds = root.texts(core.partIds);
  for (const id of partIds) {
    if (id !== 'static_provider_v1')
      throw notNative(`it has features of text or embeddings (part ${id.trim()})`);
  }
  const ctrTables = partIds.length === 0 ? [] : readCtrTables(bytes, coreTable.end);
  const info = root.tables(core.info).map((entry) => [entry.text(0), entry.text(1)] as const);
  return { ...readTrees(root.table(core.trees)), ctrTables, info: new Map(info) };
}

function readTrees(table: FlatTable): Omit<CatboostModel, 'ctrTables' | 'info'> {
  refuseProcessedFeatures(table);
  const outputCount = table.int32(trees.outputCount);
  return {
    outputCount,
    floatFeatures: table.tables(trees.floats).map(readFloat),
    categoryFeatures: table.tables(trees.categories).map(readCategory),
    oneHotFeatures: table.tables(trees.oneHots).map(readOneHot),
    ctrFeatures: table.tables(trees.ctrs).map(readCtr),
    trees: readShapes(table),
    leafValues: table.float64s(trees.leafValues),
    scale: table.float64(trees.scale, 1),
    bias: readBias(table, outputCount),
  };
}

function refuseProcessedFeatures(table: FlatTable): void {
  const kinds = { text: trees.texts, embedding: trees.embeddings, estimated: trees.estimated };
  for (const [kind, field] of Object.entries(kinds)) {
    if (table.tables(field).length > 0) throw notNative(`it has ${kind} features`);
  }
}

/** Source: CatBoost 1.2 model.cpp `TModelTrees::SetScaleAndBias`. */
function readBias(table: FlatTable, outputCount: number): Float64Array {
  const several = table.float64s(trees.multiBias);
  if (several.length > 0) return several;
  if (outputCount < 1 || outputCount > 0xffff) throw invalidModelFile('it has no outputs');
  const one = table.float64(trees.bias);
  if (outputCount > 1 && one !== 0) throw invalidModelFile('one bias stands for several outputs');
  return new Float64Array(outputCount).fill(one);
}

function readShapes(table: FlatTable): ObliviousTrees | StepTrees {
  const splits = table.int32s(trees.splits);
  const sizes = table.int32s(trees.sizes);
  const nodes = table.structs(trees.stepNodes, 4);
  const leafIndexes = table.uint32s(trees.leafIndexes);
  if (nodes.byteLength === 0 && leafIndexes.length === 0) {
    return { kind: 'oblivious', splits, depths: sizes };
  }
  const count = nodes.byteLength / 4;
  const leftSteps = Uint16Array.from({ length: count }, (_, i) => nodes.getUint16(i * 4, true));
  const rightSteps = Uint16Array.from({ length: count }, (_, i) =>
    nodes.getUint16(i * 4 + 2, true),
  );
  const roots = table.int32s(trees.starts);
  return { kind: 'steps', splits, roots, leftSteps, rightSteps, leafIndexes };
}
