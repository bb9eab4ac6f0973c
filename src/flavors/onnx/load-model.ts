/** The model folder → a checked model, ready to be opened. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readModelBytes, unreadableModelFile } from '../../model/read-model-file.ts';
import type { FlavorConfig, SavedModel } from '../../model/saved-model.ts';
import { checkOperators } from './check-operators.ts';
import { checkSizes } from './check-sizes.ts';
import { Constants } from './constants.ts';
import { acceptsEmptyInputs, checkEmptyTensors } from './empty-tensors.ts';
import { checkExternalData, isInside } from './external-data.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { type ModelInterface, readInterface } from './model-interface.ts';
import type { OnnxModel } from './onnx-model.ts';
import { findOwnGraph, type OwnGraph } from './own/find-own-graph.ts';
import { parseModel } from './parse-model.ts';
import { withoutZipMaps } from './rewrite-model.ts';
import { readSessionOptions, type SessionOptions } from './session-options.ts';

/** A model that onnxruntime-node may be given. */
export interface LoadedModel {
  readonly model: OnnxModel;
  readonly interface: ModelInterface;
  /** A call may give it inputs without elements. */
  readonly acceptsEmpty: boolean;
  /** The file, without what onnxruntime-node can't return. */
  readonly file: Uint8Array;
  readonly options: SessionOptions;
  readonly config: FlavorConfig;
  /** What our own code computes it by; null where onnxruntime must run it. */
  readonly own: OwnGraph | null;
  /** Tells this state of the file from a later one. */
  readonly fileState: string;
}

/**
 * Reads the file that the `python_function` flavor names, as MLflow does.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function loadModel(saved: SavedModel): Promise<LoadedModel> {
  const config = saved.flavors.get('onnx') ?? {};
  const data = saved.flavors.get('python_function')?.['data'] ?? config['data'];
  const file = await modelPath(saved, data);
  const fileState = await stateOf(file);
  const bytes = await readModelBytes(file);
  const model = parseModel(bytes);
  const described = readInterface(model);
  checkOperators(model);
  const constants = new Constants(model);
  checkSizes(model, constants);
  checkEmptyTensors(model, constants);
  const options = readSessionOptions(config);
  const isSplit = await checkExternalData(model, saved.directory, path.dirname(file));
  return {
    model,
    interface: described,
    acceptsEmpty: acceptsEmptyInputs(model),
    file: withoutZipMaps(bytes, model, described),
    options: isSplit ? withDataFolder(options, path.dirname(file)) : options,
    config,
    own: hasPlainSettings(config) ? findOwnGraph(model, described, constants) : null,
    fileState,
  };
}

/** Entries of the session's configuration may change what is computed, as one for denormals does. */
function hasPlainSettings({ onnx_session_options: options }: FlavorConfig): boolean {
  return !(typeof options === 'object' && options !== null && 'extra_session_config' in options);
}

async function modelPath(saved: SavedModel, data: unknown): Promise<string> {
  if (typeof data !== 'string' || data === '')
    throw invalidModelFile('the MLmodel file names no model file ("data")');
  const file = path.resolve(saved.directory, data);
  if (!isInside(file, saved.directory))
    throw invalidModelFile(`the model file ${data} lies outside the model folder`);
  try {
    return await realpath(file);
  } catch (cause) {
    throw unreadableModelFile(file, cause);
  }
}

async function stateOf(file: string): Promise<string> {
  const { size, mtimeNs, ino } = await stat(file, { bigint: true });
  return `${size} ${mtimeNs} ${ino}`;
}

/** The library is given bytes, so it must be told where the other files are. */
function withDataFolder(options: SessionOptions, folder: string): SessionOptions {
  const extra = {
    ...options.extra,
    'session.model_external_initializers_file_folder_path': folder,
  };
  return { ...options, extra };
}
