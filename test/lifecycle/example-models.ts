/** Two models of one signature that answer differently. */
import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../architecture/source-files.ts';

const example = path.join(projectRoot, 'examples/diabetes/model');

/** A request to either. */
export const exampleBody: string = readFileSync(
  path.join(example, 'serving_input_example.json'),
  'utf8',
).trim();

const { dataframe_split: rows } = JSON.parse(exampleBody) as {
  dataframe_split: { columns: readonly string[]; data: readonly (readonly number[])[] };
};

/** The same request as a `ModelInferRequest` of gRPC, to a model that was given no name. */
export const inferMessage: object = {
  modelName: 'mlflow-model',
  inputs: rows.columns.map((name, column) => ({
    name,
    datatype: 'FP64',
    shape: [rows.data.length, 1],
    contents: { fp64Contents: rows.data.map((row) => row[column]) },
  })),
};

/** What the model as it is bundled answers. */
export const lowAnswer = '{"predictions": [89.09034729003906, 169.91262817382812]}';
/** What one with a base score that is 800 higher answers. */
export const highAnswer = '{"predictions": [889.0903930664062, 969.9120483398438]}';

/** Puts a model in `folder`, which need not be there. */
export function putModel(folder: string, kind: 'low' | 'high' | 'broken'): void {
  cpSync(example, folder, { recursive: true });
  const file = path.join(folder, 'model.ubj');
  if (kind === 'broken') writeFileSync(file, readFileSync(file).subarray(0, 5000));
  if (kind !== 'high') return;
  const text = readFileSync(file).toString('latin1');
  if (!text.includes('1.5409915E2')) throw new Error('the example has another base score');
  writeFileSync(file, Buffer.from(text.replace('1.5409915E2', '9.5409915E2'), 'latin1'));
}

let swaps = 0;

/** Makes `link` lead to a new folder with a model: in one step, so that nobody sees half of it. */
export function linkModel(link: string, kind: 'low' | 'high' | 'broken'): void {
  const name = `.${path.basename(link)}-${++swaps}`;
  const folder = path.join(path.dirname(link), name);
  putModel(folder, kind);
  symlinkSync(folder, `${folder}.link`);
  renameSync(`${folder}.link`, link);
}
