/** Constants that a file states: initializers and Constant nodes, of every graph, by name. */
import { readInteger, readIntegers } from './attribute-values.ts';
import { decodeTensor } from './decode-tensor.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from './onnx-model.ts';
import { bodiesOf, everyNode } from './walk-graph.ts';

/** Integers that tell sizes are few; a longer list is none. */
const maxListLength = 64;

/** Looks constants up. Where graphs give one name to several, each value counts. */
export class Constants {
  readonly #tensors = new Map<string, OnnxTensor[]>();
  readonly #lists = new Map<string, (readonly number[])[]>();

  constructor(model: OnnxModel) {
    this.#addGraph(model.graph);
    for (const node of everyNode(model)) {
      for (const graph of bodiesOf(node)) this.#addGraph(graph);
      if (node.opType === 'Constant' && node.domain === '') this.#addNode(node);
    }
  }

  /** True for a name that is constant. */
  has(name: string): boolean {
    return this.#tensors.has(name) || this.#lists.has(name);
  }

  /** The tensor of the name; undefined where there is none, or several. */
  initializer(name: string): OnnxTensor | undefined {
    const [tensor, ...others] = this.#tensors.get(name) ?? [];
    return others.length === 0 ? tensor : undefined;
  }

  /** True where a constant of the name has no elements. */
  isEmpty(name: string): boolean {
    return this.#tensors.get(name)?.some(({ dims }) => dims.includes(0)) ?? false;
  }

  /** The numbers of short constants of the name; floats are left out where they are no sizes. */
  numbers(name: string): readonly (readonly number[])[] {
    const lists = (this.#tensors.get(name) ?? []).flatMap((tensor) => numbersOf(tensor));
    return [...lists, ...(this.#lists.get(name) ?? [])];
  }

  #addGraph({ initializers }: OnnxGraph): void {
    for (const tensor of initializers) append(this.#tensors, tensor.name, tensor);
  }

  #addNode({ outputs: [name = ''], attributes }: OnnxNode): void {
    const tensor = attributes.get('value')?.tensors[0];
    const integer = attributes.get('value_int');
    const integers = attributes.get('value_ints');
    if (tensor !== undefined) append(this.#tensors, name, tensor);
    if (integer !== undefined) append(this.#lists, name, [Number(readInteger(integer))]);
    if (integers !== undefined) append(this.#lists, name, readIntegers(integers).map(Number));
  }
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function numbersOf(tensor: OnnxTensor): readonly (readonly number[])[] {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  const decoded = count <= maxListLength ? decodeTensor(tensor) : null;
  if (decoded === null || decoded.type === 'string' || decoded.type === 'float16') return [];
  return [Array.from<number | bigint | string, number>(decoded.data, Number)];
}
