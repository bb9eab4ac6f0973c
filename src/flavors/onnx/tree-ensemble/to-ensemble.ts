/** Attributes of a tree operation → an ensemble for the kernel of `src/trees`. */
import { isSlipwayError } from '../../../errors/slipway-error.ts';
import type { Tree, TreeEnsemble } from '../../../trees/tree-ensemble.ts';
import { validateEnsemble } from '../../../trees/validate-ensemble.ts';
import type { TreeAttributes } from './read-tree-attributes.ts';

const comparisons: Readonly<Record<string, TreeEnsemble['comparison']>> = {
  BRANCH_LEQ: '<=',
  BRANCH_LT: '<',
};

/**
 * Null where splits compare in another way or in several, or where anything is unsound.
 *
 * @param trees their outputs are below `outputCount`
 * @param featureCount width of the input
 */
export function toEnsemble(
  { modes, features }: TreeAttributes,
  trees: readonly Tree[],
  { featureCount, outputCount }: { readonly featureCount: number; readonly outputCount: number },
): TreeEnsemble | null {
  const [mode = 'BRANCH_LEQ', ...otherModes] = new Set(modes.filter((one) => one !== 'LEAF'));
  const comparison = comparisons[mode];
  if (comparison === undefined || otherModes.length > 0) return null;
  // onnxruntime looks at those of leaves too.
  if (features.some((feature) => feature < 0n || feature >= featureCount)) return null;
  const ensemble: TreeEnsemble = {
    thresholdType: 'float32',
    comparison,
    sumType: 'float32',
    featureCount,
    outputCount,
    baseScore: new Float64Array(outputCount),
    trees,
  };
  return isSound(ensemble) ? ensemble : null;
}

function isSound(ensemble: TreeEnsemble): boolean {
  try {
    validateEnsemble(ensemble);
    return true;
  } catch (error) {
    if (isSlipwayError(error)) return false;
    throw error;
  }
}
