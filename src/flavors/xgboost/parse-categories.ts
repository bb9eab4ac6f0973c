/** The category splits of one tree. */
import { flagsAt, type ForeignMap, integersAt, invalidModelFile } from './foreign-value.ts';

/** XGBoost's `FeatureType::kCategorical`. */
const categorical = 1;

/**
 * Node → categories that go right; undefined without any. Source: XGBoost 3.2 src/tree/tree_model.cc `LoadCategoricalSplit`.
 *
 * @param nodeCount nodes of the tree
 * @throws MODEL_FILE_INVALID
 */
export function parseCategories(
  entry: ForeignMap,
  nodeCount: number,
): Map<number, Uint32Array> | undefined {
  if (!entry.has('split_type')) return undefined;
  const kinds = flagsAt(entry, 'split_type');
  const nodes = integersAt(entry, 'categories_nodes');
  const starts = integersAt(entry, 'categories_segments');
  const sizes = integersAt(entry, 'categories_sizes');
  const all = integersAt(entry, 'categories');
  if (
    starts.length !== nodes.length ||
    sizes.length !== nodes.length ||
    kinds.length !== nodeCount
  ) {
    throw invalidModelFile('the arrays of its categories differ in length');
  }
  const result = new Map<number, Uint32Array>();
  for (const [i, node] of nodes.entries()) {
    const start = starts[i] as number;
    const end = start + (sizes[i] as number);
    const chosen = all.subarray(start, end);
    const inside = start >= 0 && end > start && end <= all.length && node >= 0 && node < nodeCount;
    if (!inside || chosen.some((category) => category < 0))
      throw invalidModelFile('its categories are damaged');
    result.set(node, Uint32Array.from(chosen));
  }
  checkKinds(kinds, result);
  return result.size === 0 ? undefined : result;
}

function checkKinds(kinds: Uint8Array, found: ReadonlyMap<number, Uint32Array>): void {
  const odd = kinds.findIndex((kind, node) => (kind === categorical) !== found.has(node));
  if (odd !== -1)
    throw invalidModelFile(`node ${odd} has categories and is not categorical, or the reverse`);
}
