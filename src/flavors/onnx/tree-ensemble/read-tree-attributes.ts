/** The lists of a TreeEnsembleRegressor or TreeEnsembleClassifier, as they stand in the file. */
import {
  readFloats,
  readInteger,
  readIntegers,
  readString,
  readStrings,
} from '../attribute-values.ts';
import type { OnnxNode } from '../onnx-model.ts';

/** Attributes of both, one entry a node or a weight. Source: ONNX 1.23 defs/traditionalml/defs.cc. */
export interface TreeAttributes {
  /** Classifiers have none: SUM. */
  readonly aggregate: string;
  readonly transform: string;
  readonly baseValues: Float32Array;
  /** Targets, or classes. */
  readonly targetCount: number;
  /** Labels of the classes; empty for a regressor. */
  readonly labels: readonly bigint[] | readonly string[];
  readonly treeIds: readonly bigint[];
  readonly nodeIds: readonly bigint[];
  readonly modes: readonly string[];
  readonly features: readonly bigint[];
  readonly values: Float32Array;
  readonly trueIds: readonly bigint[];
  readonly falseIds: readonly bigint[];
  /** Empty, or 1 where NaN goes to the true node. */
  readonly missingTrue: readonly bigint[];
  readonly weights: Float32Array;
  readonly weightTreeIds: readonly bigint[];
  readonly weightNodeIds: readonly bigint[];
  /** Target or class of each weight. */
  readonly weightTargets: readonly bigint[];
}

const ofNodes = `base_values nodes_falsenodeids nodes_featureids nodes_hitrates nodes_missing_value_tracks_true nodes_modes
  nodes_nodeids nodes_treeids nodes_truenodeids nodes_values post_transform`;
const known = {
  target: namesIn(
    `${ofNodes} aggregate_function n_targets target_ids target_nodeids target_treeids target_weights`,
  ),
  class: namesIn(
    `${ofNodes} class_ids class_nodeids class_treeids class_weights classlabels_int64s classlabels_strings`,
  ),
} as const;

function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/**
 * Null where there is an attribute that is not known here, thresholds of 64 bits among them.
 *
 * @param kind what the attributes of weights are called by
 */
export function readTreeAttributes(
  { attributes }: OnnxNode,
  kind: 'target' | 'class',
): TreeAttributes | null {
  for (const name of attributes.keys()) if (!known[kind].has(name)) return null;
  const integers = (name: string): readonly bigint[] => {
    const attribute = attributes.get(name);
    return attribute === undefined ? [] : readIntegers(attribute);
  };
  const floats = (name: string): Float32Array => {
    const attribute = attributes.get(name);
    return attribute === undefined ? new Float32Array(0) : readFloats(attribute);
  };
  const text = (name: string, otherwise: string): string => {
    const attribute = attributes.get(name);
    return attribute === undefined ? otherwise : readString(attribute);
  };
  const texts = (name: string): readonly string[] => {
    const attribute = attributes.get(name);
    return attribute === undefined ? [] : readStrings(attribute);
  };
  const targets = attributes.get('n_targets');
  const [strings, numbers] = [texts('classlabels_strings'), integers('classlabels_int64s')];
  const labels = strings.length > 0 ? strings : numbers;
  return {
    aggregate: text('aggregate_function', 'SUM'),
    transform: text('post_transform', 'NONE'),
    baseValues: floats('base_values'),
    targetCount: targets === undefined ? labels.length : Number(readInteger(targets)),
    labels,
    treeIds: integers('nodes_treeids'),
    nodeIds: integers('nodes_nodeids'),
    modes: texts('nodes_modes'),
    features: integers('nodes_featureids'),
    values: floats('nodes_values'),
    trueIds: integers('nodes_truenodeids'),
    falseIds: integers('nodes_falsenodeids'),
    missingTrue: integers('nodes_missing_value_tracks_true'),
    weights: floats(`${kind}_weights`),
    weightTreeIds: integers(`${kind}_treeids`),
    weightNodeIds: integers(`${kind}_nodeids`),
    weightTargets: integers(`${kind}_ids`),
  };
}
