/** What a model says about itself, as plain data for `slipway inspect`. */
import type { ModelEnvironment } from './environment-files.ts';
import type { SavedModel } from './saved-model.ts';
import { describeParam, describeSchema } from './describe-signature.ts';

/** Everything in it can be printed as JSON. */
export interface ModelDescription {
  readonly directory: string;
  readonly uri: string;
  readonly mlflowVersion: string | null;
  readonly modelId: string | null;
  readonly runId: string | null;
  readonly savedAt: string | null;
  readonly sizeBytes: number | null;
  /** `name version 7`, when it came from a registry. */
  readonly registered: string | null;
  readonly flavors: readonly FlavorDescription[];
  readonly signature: SignatureDescription | null;
  /** Name of the file that holds the input example. */
  readonly inputExample: string | null;
  readonly environment: ModelEnvironment | null;
}

/** One flavor: its name, the version of its library, and the scalars of its configuration. */
interface FlavorDescription {
  readonly name: string;
  /** Version of the library that saved it, such as `3.2.0`. */
  readonly version: string | null;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** One line of text for each column, tensor or param, such as `'age': double (required)`. */
interface SignatureDescription {
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
  readonly params: readonly string[] | null;
  readonly fromTypeHint: boolean;
}

/** Describes `model`; `environment` as `readModelEnvironment` gives it. Default: none. */
export function describeModel(
  model: SavedModel,
  environment: ModelEnvironment | null = null,
): ModelDescription {
  return {
    directory: model.directory,
    uri: model.uri,
    mlflowVersion: model.mlflowVersion,
    modelId: model.modelId,
    runId: model.runId,
    savedAt: model.utcTimeCreated,
    sizeBytes: model.modelSizeBytes,
    registered: describeRegistered(model),
    flavors: Array.from(model.flavors, ([name, config]) => describeFlavor(name, config)),
    signature: describeSignature(model),
    inputExample: model.inputExample?.artifactPath ?? null,
    environment,
  };
}

function describeRegistered({ registered }: SavedModel): string | null {
  if (registered === null || registered.name === null) return null;
  return registered.version === null
    ? registered.name
    : `${registered.name} version ${registered.version}`;
}

/** MLflow names the version `xgb_version`, `sklearn_version`…, and for Python models `python_version`. */
function describeFlavor(
  name: string,
  config: Readonly<Record<string, unknown>>,
): FlavorDescription {
  const entries = Object.entries(config);
  const version = entries.find(
    ([key]) => key.endsWith('_version') && key !== 'cloudpickle_version',
  );
  const scalars = entries.flatMap(([key, value]): readonly (readonly [string, Scalar])[] =>
    isScalar(value) ? [[key, value]] : [],
  );
  return {
    name,
    version: typeof version?.[1] === 'string' ? version[1] : null,
    settings: Object.fromEntries(scalars),
  };
}

type Scalar = string | number | boolean;

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function describeSignature({ signature }: SavedModel): SignatureDescription | null {
  if (signature === null) return null;
  return {
    inputs: signature.inputs && describeSchema(signature.inputs),
    outputs: signature.outputs && describeSchema(signature.outputs),
    params: signature.params && signature.params.map((param) => describeParam(param)),
    fromTypeHint: signature.fromTypeHint,
  };
}
