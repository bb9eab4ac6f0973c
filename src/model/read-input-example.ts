/** The example that was saved with a model, as a request body for its scoring server. */
import path from 'node:path';
import { parseExactJson } from '../data/parse-exact-json.ts';
import { isPyDict } from '../data/py-value.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { readTextFile } from './read-text-file.ts';
import type { InputExampleInfo, SavedModel } from './saved-model.ts';

const limitBytes = 16 * 2 ** 20;

/** A request that the model answers. */
export interface InputExample {
  /** JSON text to POST to `/invocations`, on one line. */
  readonly body: string;
  /** Name of the file it comes from. */
  readonly file: string;
}

/**
 * Reads the ready request (MLflow ≥ 2.16), or makes one of the plain example that older versions saved.
 * null: there is no example, or it is a sparse matrix.
 * @throws MLMODEL_INVALID when the file is not JSON
 */
export async function readInputExample(model: SavedModel): Promise<InputExample | null> {
  const info = model.inputExample;
  if (info === null) return null;
  const serving = info.servingInputPath ?? 'serving_input_example.json';
  const ready = await readJsonText(model.directory, serving);
  if (ready !== null) return { body: ready, file: serving };
  const plain = await readJsonText(model.directory, info.artifactPath);
  const body = plain === null ? null : wrapExample(plain, info);
  return body === null ? null : { body, file: info.artifactPath };
}

/** Source: MLflow 3.17.2 models/utils.py `convert_input_example_to_serving_input`. */
function wrapExample(text: string, info: InputExampleInfo): string | null {
  if (info.type.startsWith('sparse')) return null;
  const isSplit = info.type === 'dataframe' && info.pandasOrient === 'split';
  const key = isSplit ? 'dataframe_split' : 'inputs';
  const value = parseExactJson(text);
  const isWrapped = isPyDict(value) && value.has('inputs') && !value.has('data');
  return isWrapped ? text.replace(/^\{\s*"inputs"/, `{"${key}"`) : `{"${key}": ${text}}`;
}

/** JSON without the line breaks and the indentation between tokens; numbers and strings stay as written. */
async function readJsonText(directory: string, relative: string): Promise<string | null> {
  const file = path.resolve(directory, relative);
  if (!file.startsWith(directory + path.sep)) return null;
  const text = await readTextFile(file, limitBytes);
  if (text === null) return null;
  try {
    parseExactJson(text);
  } catch (cause) {
    throw slipwayError('MLMODEL_INVALID', `${file} is not valid JSON`, {
      details: { file },
      cause,
    });
  }
  return text.trim().replaceAll(/("[^"\\]*(?:\\[^][^"\\]*)*")|[ \t]*\r?\n[ \t]*/g, oneLine);
}

/** Between tokens a line break separates like a space after a comma, and like nothing elsewhere. */
function oneLine(
  _match: string,
  quoted: string | undefined,
  offset: number,
  whole: string,
): string {
  if (quoted !== undefined) return quoted;
  return whole[offset - 1] === ',' ? ' ' : '';
}
