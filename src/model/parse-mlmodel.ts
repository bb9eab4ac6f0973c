/** The MLmodel file: its YAML, checked key by key. Unknown keys are tolerated, as MLflow tolerates them. */
import * as z from 'zod/mini';
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { describeValue } from './describe-value.ts';
import { parseSignature } from './parse-signature.ts';
import { parseYaml } from './parse-yaml.ts';
import type { InputExampleInfo, SavedModel } from './saved-model.ts';

/** What the file itself says; the rest of {@link SavedModel} is its place. */
export type MlmodelContent = Omit<SavedModel, 'directory' | 'uri' | 'registered'>;

const map = z.record(z.string(), z.unknown());

/** Scalars that YAML may have taken for a number or a date where MLflow meant text. */
const text = z.nullish(
  z.pipe(
    z.union([z.string(), z.number(), z.date()]),
    z.transform((value) => (value instanceof Date ? value.toISOString() : String(value))),
  ),
);

const exampleInfo = z.looseObject({
  artifact_path: z.string(),
  serving_input_path: z.nullish(z.string()),
  type: z.nullish(z.string()),
  pandas_orient: z.nullish(z.string()),
});

const mlmodel = z.looseObject({
  flavors: z.record(z.string(), z.nullable(map)),
  signature: z.optional(z.unknown()),
  is_signature_from_type_hint: z.nullish(z.boolean()),
  saved_input_example_info: z.nullish(exampleInfo),
  mlflow_version: text,
  run_id: text,
  model_id: text,
  model_uuid: text,
  utc_time_created: text,
  model_size_bytes: z.nullish(z.int().check(z.nonnegative())),
  metadata: z.nullish(map),
});

/**
 * Reads the text of an MLmodel file of MLflow 1.x, 2.x or 3.x. `file` names it in errors.
 * @throws MLMODEL_INVALID, SIGNATURE_INVALID
 */
export function parseMlmodel(source: string, file: string): MlmodelContent {
  const result = mlmodel.safeParse(parseYaml(source, file), { reportInput: true });
  if (!result.success) throw invalidKey(file, result.error);
  const { data } = result;
  return {
    flavors: new Map(Object.entries(data.flavors).map(([name, config]) => [name, config ?? {}])),
    signature: parseSignature(data.signature, {
      file,
      fromTypeHint: data.is_signature_from_type_hint ?? false,
    }),
    mlflowVersion: data.mlflow_version ?? null,
    runId: data.run_id ?? null,
    modelId: data.model_id ?? null,
    modelUuid: data.model_uuid ?? null,
    utcTimeCreated: data.utc_time_created ?? null,
    modelSizeBytes: data.model_size_bytes ?? null,
    metadata: data.metadata ?? null,
    inputExample: readExampleInfo(data.saved_input_example_info),
  };
}

function readExampleInfo(
  info: z.infer<typeof exampleInfo> | null | undefined,
): InputExampleInfo | null {
  if (info === null || info === undefined) return null;
  return {
    artifactPath: info.artifact_path,
    servingInputPath: info.serving_input_path ?? null,
    type: info.type ?? 'json_object',
    pandasOrient: info.pandas_orient ?? null,
  };
}

function invalidKey(file: string, error: z.core.$ZodError): SlipwayError {
  const issue = error.issues[0];
  const key = issue?.path.join('.') || 'the document';
  const expected = issue?.code === 'invalid_type' ? nameOfType(issue.expected) : 'another value';
  return slipwayError(
    'MLMODEL_INVALID',
    `${file}: ${key}: expected ${expected}, got ${describeValue(issue?.input)}`,
    { details: { file, key, expected } },
  );
}

function nameOfType(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'a map';
  return expected === 'string' ? 'a text' : `a value of type ${expected}`;
}
