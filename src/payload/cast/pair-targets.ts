/** Which column is cast to which type. Source: MLflow 3.17.2 utils/proto_json_utils.py. */
import type { ColumnLabel, Frame } from '../../data/frame.ts';
import { inputNames, isNamedSchema, type Schema, type TensorSpec } from '../../model/signature.ts';
import type { CastTarget } from './cast-target.ts';

/** A column by its label, and the type that the schema gives it. */
export interface TargetedColumn {
  readonly label: ColumnLabel;
  readonly target: CastTarget;
}

/** By name; without names by position, a single tensor for every column. */
export function pairTargets(frame: Frame, schema: Schema): readonly TargetedColumn[] {
  const targets = listTargets(schema);
  const labels = frame.columns.map((column) => column.label);
  if (isNamedSchema(schema)) return pair(inputNames(schema), targets);
  const [only] = targets;
  if (schema.kind === 'tensors' && targets.length === 1 && only !== undefined) {
    return labels.map((label) => ({ label, target: only }));
  }
  return pair(labels.slice(0, targets.length), targets);
}

function pair(
  labels: readonly ColumnLabel[],
  targets: readonly CastTarget[],
): readonly TargetedColumn[] {
  return labels.flatMap((label, at) => {
    const target = targets[at];
    return target === undefined ? [] : [{ label, target }];
  });
}

function listTargets(schema: Schema): readonly CastTarget[] {
  if (schema.kind === 'tensors') return schema.tensors.map(tensorTarget);
  return schema.columns.map(({ type, required }) => ({
    kind: 'column',
    type,
    need: required ? 'required' : 'optional',
  }));
}

function tensorTarget({ dtype, dtypeName }: TensorSpec): CastTarget {
  return { kind: 'tensor', dtype, dtypeName };
}
