/** The lists of a TreeEnsembleRegressor, as they stand in the file. */
import {
  readFloats,
  readInteger,
  readIntegers,
  readString,
  readStrings,
} from '../attribute-values.ts';
import type { OnnxNode } from '../onnx-model.ts';

/** Attributes of a TreeEnsembleRegressor, one entry a node or a weight. Source: ONNX 1.23 defs/traditionalml/defs.cc. */
export interface TreeAttributes {
  readonly aggregate: string;
  readonly transform: string;
  readonly baseValues: Float32Array;
  readonly targetCount: number;
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
  readonly weightTargets: readonly bigint[];
}

const known: ReadonlySet<string> = new Set(
  `aggregate_function base_values n_targets nodes_falsenodeids nodes_featureids nodes_hitrates
  nodes_missing_value_tracks_true nodes_modes nodes_nodeids nodes_treeids nodes_truenodeids nodes_values
  post_transform target_ids target_nodeids target_treeids target_weights`.split(/\s+/),
);

/** Null where there is an attribute that is not known here, thresholds of 64 bits among them. */
export function readTreeAttributes({ attributes }: OnnxNode): TreeAttributes | null {
  for (const name of attributes.keys()) if (!known.has(name)) return null;
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
  const [targets, modes] = [attributes.get('n_targets'), attributes.get('nodes_modes')];
  return {
    aggregate: text('aggregate_function', 'SUM'),
    transform: text('post_transform', 'NONE'),
    baseValues: floats('base_values'),
    targetCount: targets === undefined ? 0 : Number(readInteger(targets)),
    treeIds: integers('nodes_treeids'),
    nodeIds: integers('nodes_nodeids'),
    modes: modes === undefined ? [] : readStrings(modes),
    features: integers('nodes_featureids'),
    values: floats('nodes_values'),
    trueIds: integers('nodes_truenodeids'),
    falseIds: integers('nodes_falsenodeids'),
    missingTrue: integers('nodes_missing_value_tracks_true'),
    weights: floats('target_weights'),
    weightTreeIds: integers('target_treeids'),
    weightNodeIds: integers('target_nodeids'),
    weightTargets: integers('target_ids'),
  };
}
