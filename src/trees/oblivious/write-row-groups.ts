/** Symmetric trees once more, in the form in which single rows are scored: sixteen trees a level. */
import type { Arena } from './arena.ts';
import type { BinnedEnsemble, SymmetricTrees } from './binned-ensemble.ts';
import { rowDepth, rowGroup, rowSources } from './layout.ts';
import type { BinCondition, SourceList } from './list-sources.ts';

/** Bins are held minus 128. */
const bias = 0x80;
/** No source has this number, and no bin is above this limit. */
const [noSource, noLimit] = [0xff, 0x7f];

/**
 * Places the groups; 0 where single rows are scored like others: several outputs, many sources, deep trees, conditions
 * on categories.
 */
export function writeRowGroups(
  { outputCount }: BinnedEnsemble,
  { conditions, starts }: SymmetricTrees,
  list: SourceList,
  arena: Arena,
): number {
  const count = starts.length - 1;
  const depthOf = (tree: number): number => (starts[tree + 1] as number) - (starts[tree] as number);
  const depths = Array.from({ length: count }, (_, tree) => depthOf(tree));
  const isFitting =
    outputCount === 1 &&
    list.sources.length <= rowSources &&
    depths.every((depth) => depth <= rowDepth) &&
    conditions.every((condition) => !(list.conditions[condition] as BinCondition).isEqual);
  if (!isFitting) return 0;
  const groups: Uint8Array[] = [];
  for (let first = 0; first < count; first += rowGroup.trees) {
    const end = Math.min(count, first + rowGroup.trees);
    const depth = Math.max(...depths.slice(first, end));
    const group = emptyGroup(depth);
    for (let tree = first; tree < end; tree += 1) {
      for (let level = 0; level < depthOf(tree); level += 1) {
        const number = conditions[(starts[tree] as number) + level] as number;
        // The last split decides the highest bit and comes first; shallow trees begin with levels that are false.
        const place = rowGroup.headBytes + (depth - 1 - level) * rowGroup.levelBytes + tree - first;
        const { source, bin } = list.conditions[number] as BinCondition;
        group[place] = source;
        group[place + rowGroup.trees] = (bin - 1) ^ bias;
      }
    }
    groups.push(group);
  }
  return arena.place(Buffer.concat(groups));
}

function emptyGroup(depth: number): Uint8Array {
  const { headBytes, levelBytes, trees } = rowGroup;
  const group = new Uint8Array(headBytes + depth * levelBytes);
  group[0] = depth;
  for (let at = headBytes; at < group.length; at += levelBytes) {
    group.fill(noSource, at, at + trees);
    group.fill(noLimit, at + trees, at + levelBytes);
  }
  return group;
}
