/** Which files of a model the native runtime never opens, so that they need not be fetched for it. */
import { parseMlmodel } from '../model/parse-mlmodel.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { readerOf } from '../runtimes/native.ts';
import type { PickFiles } from '../uri/resolve-options.ts';

/** Of Python: pickled objects, wheels. A flavor whose own file is one of them keeps it. */
const pythonFile = /\.(pkl|pickle|cloudpickle|joblib|dill|whl)$/i;
const pythonFolders = ['wheels', 'artifacts'];

/**
 * Leaves out pickled twins, wheels, code and artifacts of a model that a native reader claims; nothing of any other
 * model. Whether the reader can score it shows when its files are there: the rest is fetched where it cannot.
 */
export const pickNativeFiles: PickFiles = (mlmodel, paths) => {
  const content = parseMlmodel(mlmodel.toString('utf8'), 'MLmodel');
  const model: SavedModel = { directory: '', uri: '', ...content, registered: null };
  const reader = readerOf(model);
  const flavor = reader === undefined ? undefined : model.flavors.get(reader.id);
  if (flavor === undefined) return paths;
  const data = model.flavors.get('python_function')?.['data'];
  const own = [flavor['data'], flavor['pickled_model'], data].filter(isText);
  const folders = [...pythonFolders, ...[flavor['code'], codeOf(model)].filter(isText)];
  return paths.filter((path) => {
    if (own.some((each) => path === each || path.startsWith(`${each}/`))) return true;
    return !pythonFile.test(path) && !folders.some((folder) => path.startsWith(`${folder}/`));
  });
};

function codeOf(model: SavedModel): unknown {
  return model.flavors.get('python_function')?.['code'];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
