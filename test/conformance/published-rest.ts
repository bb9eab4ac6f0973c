/** The published REST document of the Open Inference Protocol, to hold answers against. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { projectRoot } from '../architecture/source-files.ts';

/** Schemas of the document that answers must satisfy. */
export type PublishedSchema =
  | 'metadata_server_response'
  | 'metadata_model_response'
  | 'inference_request'
  | 'inference_response'
  | 'inference_error_response';

const file = path.join(projectRoot, 'test/fixtures/open-inference/open_inference_rest.yaml');
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(parse(readFileSync(file, 'utf8')) as object, 'published');

/** What of `json` the schema refuses; empty where nothing. */
export function violations(schema: PublishedSchema, json: string): readonly string[] {
  const validate = ajv.getSchema(`published#/components/schemas/${schema}`);
  if (validate === undefined) throw new Error(`the document has no ${schema}`);
  const isValid = validate(withoutNull(JSON.parse(json)));
  return isValid === true ? [] : (validate.errors ?? []).map((error) => JSON.stringify(error));
}

/** The document knows no null in `data`, and JSON no NaN: as MLServer, Slipway writes the one for the other. */
function withoutNull(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('outputs' in document))
    return document;
  const outputs = (document.outputs as readonly { readonly data?: readonly unknown[] }[]).map(
    ({ data, ...output }) => ({
      ...output,
      ...(data === undefined ? {} : { data: data.map((element) => element ?? 0) }),
    }),
  );
  return { ...document, outputs };
}
