/** Which requests a worker parses itself, since only the model's own libraries know what to make of them. */
import type { RawScoring } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { Schema } from '../../model/signature.ts';
import { majorOf, type Ready } from './ready.ts';

/** Loaders of Python code that may look at whatever it is given. */
const ownCode = /^mlflow\.pyfunc\.(model|loaders\.)/;

/** Loaders of MLflow's own flavors, whose code is known to take frames and arrays. */
const mlflowFlavor = /^mlflow\.(?!pyfunc\b)/;

/** Decides it for a loaded model. */
export function whenRaw(model: SavedModel, ready: Ready): RawScoring['when'] {
  const { signature } = model;
  if (signature?.fromTypeHint === true) return 'always';
  const inputs = signature?.inputs ?? null;
  if (inputs === null) return isOwnCode(model) ? 'always' : byVersion(ready, null);
  if (!isPlainSchema(inputs)) return 'always';
  return byVersion(ready, inputs);
}

function isOwnCode(model: SavedModel): boolean {
  const loader = model.flavors.get('python_function')?.['loader_module'];
  if (typeof loader !== 'string') return true;
  return ownCode.test(loader) || !mlflowFlavor.test(loader);
}

function isPlainSchema(schema: Schema): boolean {
  if (schema.kind === 'tensors') return schema.tensors.every(({ dtype }) => dtype !== null);
  return schema.columns.every(({ type }) => type.kind === 'scalar');
}

/**
 * Numbers and booleans are the same in every pandas; text and datetimes are not before pandas 3. MLflow 1 has
 * no parser for the requests that we take, so there ours must do.
 */
function byVersion(ready: Ready, schema: Schema | null): RawScoring['when'] {
  if (majorOf(ready.mlflow) < 2) return 'unusual';
  if (majorOf(ready.pandas) >= 3 && majorOf(ready.mlflow) >= 3) return 'unusual';
  return schema !== null && isNumeric(schema) ? 'unusual' : 'always';
}

function isNumeric(schema: Schema): boolean {
  if (schema.kind === 'tensors') {
    return schema.tensors.every(({ dtype }) => /^(bool|u?int|float)/.test(dtype ?? ''));
  }
  return schema.columns.every(
    ({ type }) =>
      type.kind === 'scalar' &&
      ['boolean', 'integer', 'long', 'float', 'double'].includes(type.type),
  );
}
