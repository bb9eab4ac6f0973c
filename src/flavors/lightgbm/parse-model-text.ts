/** The text of a LightGBM model (versions 2 to 4 write `tree` and `version=v2`, `v3` or `v4`) → a checked model. */
import { cutFile } from '../../errors/cut-file.ts';
import type { Tree } from '../../trees/tree-ensemble.ts';
import { ArrayPool } from './array-pool.ts';
import { invalidModelText, notNative } from './invalid-model-text.ts';
import type { LightgbmModel, LinearLeaves } from './lightgbm-model.ts';
import { parseObjective } from './objectives.ts';
import { parseIntegers } from './parse-numbers.ts';
import { parsePandasCategorical } from './parse-pandas-categorical.ts';
import { parseTree } from './parse-tree.ts';
import { TextLines, type TextSpan } from './text-lines.ts';
import { TreeFields } from './tree-fields.ts';

/** Most values of a row, and most features. */
const maxWidth = 1 << 20;
/** Values of a row up to which a model may lack the trees for them. */
const fewValues = 1024;
const treePrefix = 'Tree=';

/** Lines before the first tree. */
type Header = ReadonlyMap<string, TextSpan>;

/**
 * Reads a model as LightGBM 4.7 loads it (src/boosting/gbdt_model_text.cpp `GBDT::LoadModelFromString`).
 *
 * @param bytes text in UTF-8
 * @throws MODEL_FILE_INVALID where it is damaged, MODEL_NOT_NATIVE where it can't be scored exactly
 */
export function parseModelText(bytes: Uint8Array): LightgbmModel {
  const lines = new TextLines(bytes);
  if (lines.text(lines.next()) !== 'tree') {
    throw notNative('its file does not begin with "tree", as the text files of LightGBM do');
  }
  const header = readHeader(lines);
  const featureCount = integerOf(lines, header, 'max_feature_idx') + 1;
  const classCount = integerOf(lines, header, 'num_class');
  const outputCount = header.has('num_tree_per_iteration')
    ? integerOf(lines, header, 'num_tree_per_iteration')
    : classCount;
  const featureNames = namesOf(lines, header, featureCount);
  checkWidth('values', outputCount, 1);
  checkWidth('features', featureCount, 0);
  if (classCount !== outputCount) {
    throw invalidModelText(`${classCount} classes, but ${outputCount} trees an iteration`);
  }
  integerOf(lines, header, 'label_index');
  const objective = header.get('objective');
  return {
    featureCount,
    outputCount,
    featureNames,
    objective: objective === undefined ? null : parseObjective(lines.text(objective), outputCount),
    averageOutput: header.has('average_output'),
    ...readTrees(lines, header, outputCount, featureCount),
    pandasCategorical: parsePandasCategorical(lines),
  };
}

/** Reads up to the first tree; the reader then stands at its line. */
function readHeader(lines: TextLines): Header {
  const header = new Map<string, TextSpan>();
  while (!lines.isAtEnd) {
    const start = lines.position;
    const line = lines.next();
    if (lines.startsWith(line.start, treePrefix)) {
      lines.position = start;
      break;
    }
    if (line.start === line.end) continue;
    const equals = lines.bytes.indexOf('=', line.start);
    const end = equals === -1 || equals >= line.end ? line.end : equals;
    const key = lines.text({ start: line.start, end });
    header.set(key, { start: Math.min(end + 1, line.end), end: line.end });
  }
  return header;
}

function spanOf(header: Header, key: string): TextSpan {
  const span = header.get(key);
  if (span === undefined) throw invalidModelText(`it has no line "${key}"`);
  return span;
}

function integerOf(lines: TextLines, header: Header, key: string): number {
  const range = [-1, 2 ** 31 - 2] as const;
  const span = spanOf(header, key);
  return parseIntegers(lines.bytes, span, new Int32Array(1), key, range)[0] as number;
}

function checkWidth(what: string, count: number, least: number): void {
  if (count < least) throw invalidModelText(`its number of ${what} is ${count}`);
  if (count > maxWidth) {
    throw notNative(`it has ${count} ${what}; the native kernel takes at most ${maxWidth}`);
  }
}

/** LightGBM wants as many names, and as many `feature_infos`, as there are features. */
function namesOf(lines: TextLines, header: Header, featureCount: number): readonly string[] {
  const [names, infos] = ['feature_names', 'feature_infos'].map((key) =>
    lines
      .text(spanOf(header, key))
      .split(' ')
      .filter((word) => word !== ''),
  ) as [string[], string[]];
  if (names.length === featureCount && infos.length === featureCount) return names;
  throw invalidModelText(
    `${names.length} feature names and ${infos.length} feature infos for ${featureCount} features`,
  );
}

type Trees = Pick<LightgbmModel, 'trees' | 'linearLeaves'>;

function readTrees(
  lines: TextLines,
  header: Header,
  outputCount: number,
  featureCount: number,
): Trees {
  const trees: Tree[] = [];
  const linearLeaves = new Map<number, LinearLeaves>();
  const reader = { fields: new TreeFields(lines), pool: new ArrayPool(), featureCount };
  const hasTree = treeFinder(lines, header);
  while (hasTree()) {
    lines.advance();
    const { tree, linear } = parseTree(reader, trees.length % outputCount);
    if (linear !== null) linearLeaves.set(trees.length, linear);
    trees.push(tree);
  }
  // Keeps a small file from asking for room for a million values.
  if (outputCount > Math.max(fewValues, trees.length)) {
    throw invalidModelText(`it has ${trees.length} trees for ${outputCount} values of a row`);
  }
  // LightGBM leaves out the trees of an iteration that is not complete.
  const complete = trees.length - (trees.length % outputCount);
  for (let tree = complete; tree < trees.length; tree += 1) linearLeaves.delete(tree);
  return { trees: trees.slice(0, complete), linearLeaves };
}

/**
 * A function that moves to the next tree's line, until there are no more. Where the header says how
 * many bytes each tree takes (`tree_sizes`), that decides where trees begin, as in LightGBM.
 */
function treeFinder(lines: TextLines, header: Header): () => boolean {
  const sizes = header.get('tree_sizes');
  if (sizes === undefined) return () => findTree(lines);
  const bytesOfTrees = readSizes(lines, sizes);
  let next = lines.position;
  let tree = 0;
  return () => {
    if (tree === bytesOfTrees.length) return false;
    lines.position = next;
    const start = next;
    next += bytesOfTrees[tree] as number;
    if (!lines.startsWith(start, treePrefix)) {
      if (start >= lines.bytes.length) throw tooShort(tree);
      throw invalidModelText(`tree ${tree} does not begin where "tree_sizes" says (byte ${start})`);
    }
    if (next > lines.bytes.length) throw tooShort(tree);
    tree += 1;
    return true;
  };
}

function tooShort(tree: number): Error {
  return invalidModelText(`it ends too early (in tree ${tree})`, cutFile);
}

function readSizes(lines: TextLines, span: TextSpan): Int32Array {
  const count = lines
    .text(span)
    .split(' ')
    .filter((word) => word !== '').length;
  return parseIntegers(lines.bytes, span, new Int32Array(count), 'tree_sizes', [1, 2 ** 31 - 1]);
}

/** Files without sizes: trees one after the other, until some other line comes. */
function findTree(lines: TextLines): boolean {
  while (!lines.isAtEnd) {
    const start = lines.position;
    const line = lines.next();
    if (line.start === line.end) continue;
    lines.position = start;
    return lines.startsWith(start, treePrefix);
  }
  return false;
}
