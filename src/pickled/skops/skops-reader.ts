/** Walks the nodes of a skops schema. What a node means stands in the tables of loaders. */
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import type { JsonValue } from '../json/read-json.ts';
import type { PickledArray, PickledValue } from '../pickled-value.ts';
import { readNpy } from '../numpy/read-npy.ts';
import type { ZipArchive } from '../zip/read-zip.ts';
import { arrayLoaders } from './array-loaders.ts';
import { generalLoaders } from './general-loaders.ts';
import { SkopsNode } from './skops-node.ts';

/** Turns a node into a record. */
export type NodeLoader = (node: SkopsNode, reader: SkopsReader) => PickledValue;

const loaders: ReadonlyMap<string, NodeLoader> = new Map([...generalLoaders, ...arrayLoaders]);

/** Deeper nodes are refused; Python gives up near 300, since each takes several of its 1,000 frames. */
const depthLimit = 400;

/** Reads the nodes of one file. */
export class SkopsReader {
  readonly archive: ZipArchive;
  readonly protocol: number;
  readonly budget: Budget;
  /** Records by `__id__`; null while one is being read. */
  readonly #known = new Map<JsonValue, PickledValue | undefined>();
  readonly #arrays = new Map<string, PickledArray>();

  constructor(archive: ZipArchive, protocol: number, budget: Budget) {
    this.archive = archive;
    this.protocol = protocol;
    this.budget = budget;
  }

  /** Reads the whole tree. @throws MODEL_FILE_INVALID */
  readRoot(schema: JsonValue): PickledValue {
    return this.read(SkopsNode.root(schema));
  }

  /** Reads a node, or finds it where its `__id__` has been read before. @throws MODEL_FILE_INVALID */
  read(node: SkopsNode): PickledValue {
    const id = node.fields.get('__id__') ?? null;
    if (id !== null && this.#known.has(id)) return this.#recall(id, node);
    if (node.depth > depthLimit) {
      throw invalidFile(`nodes nested deeper than ${depthLimit} levels`, node.path());
    }
    const name = node.text('__loader__');
    const loader = loaders.get(name);
    if (loader === undefined) {
      throw invalidFile(`a node of the unknown kind ${name.slice(0, 60)}`, node.path());
    }
    if (id !== null) this.#known.set(id, undefined);
    const value = loader(node, this);
    if (id !== null) this.#known.set(id, value);
    return value;
  }

  #recall(id: JsonValue, node: SkopsNode): PickledValue {
    const value = this.#known.get(id);
    if (value === undefined) throw invalidFile('a node contains itself', node.path());
    return value;
  }

  /** Decodes an `.npy` member, once. @throws MODEL_FILE_INVALID */
  readArray(file: string): PickledArray {
    const known = this.#arrays.get(file);
    if (known !== undefined) return known;
    const array = readNpy(
      this.archive.read(file),
      `archive member ${file.slice(0, 80)}`,
      this.budget,
    );
    this.#arrays.set(file, array);
    return array;
  }
}
