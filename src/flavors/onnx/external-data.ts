/** Files beside the model that hold its big tensors: only inside the model folder, and as long as the model says. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { elementTypes } from './element-types.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import type { ExternalData, OnnxModel, OnnxTensor } from './onnx-model.ts';
import { everyTensor } from './walk-graph.ts';

/**
 * Checks where the tensors of a model stand.
 *
 * @param directory model folder
 * @param folder folder of the model file, from which locations count
 * @returns true where there is external data
 * @throws MODEL_FILE_INVALID
 */
export async function checkExternalData(
  model: OnnxModel,
  directory: string,
  folder: string,
): Promise<boolean> {
  const sizes = new Map<string, number>();
  let found = false;
  for (const tensor of everyTensor(model)) {
    if (tensor.external === null) continue;
    found = true;
    const { location } = tensor.external;
    const size = sizes.get(location) ?? (await fileSize(location, directory, folder));
    sizes.set(location, size);
    checkStretch(tensor, tensor.external, size);
  }
  return found;
}

async function fileSize(location: string, directory: string, folder: string): Promise<number> {
  const file = path.resolve(folder, location);
  if (path.isAbsolute(location) || !isInside(file, folder)) throw outside(location);
  try {
    if (!isInside(await realpath(file), await realpath(directory))) throw outside(location);
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw invalidModelFile(`its data file ${location} can't be read`);
    throw error;
  }
}

/** True for a path below a folder. */
export function isInside(file: string, folder: string): boolean {
  return file.startsWith(path.resolve(folder) + path.sep);
}

function outside(location: string): Error {
  return invalidModelFile(`its data file ${JSON.stringify(location)} is outside the model folder`);
}

function checkStretch(tensor: OnnxTensor, { offset, length }: ExternalData, size: number): void {
  const type = elementTypes.get(tensor.dataType);
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  const bytes = Math.ceil((count * (type?.bits ?? 0)) / 8);
  const fits =
    type !== undefined && type.bits > 0 && bytes === (length ?? bytes) && offset + bytes <= size;
  if (fits) return;
  throw invalidModelFile(
    `the tensor ${JSON.stringify(tensor.name)} does not fit its data file (${bytes} bytes from ${offset} on, of ${size})`,
  );
}
