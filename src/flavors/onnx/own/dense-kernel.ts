/**
 * A float32 matrix that rows are multiplied by, to the bit as MLAS does it with FMA (x86-64 with AVX2 or AVX-512): each
 * element a chain of fused multiply-adds over the features, the bias added at the end.
 * Source: onnxruntime 1.30 core/mlas/lib/sgemm.cpp, x86_64/FgemmKernelFma3Common.h.
 */
import { denseKernel } from '../../../kernels/dense.generated.ts';

interface DenseExports {
  readonly memory: WebAssembly.Memory;
  readonly areOrdinary: (values: number, count: number, least: number, most: number) => number;
  readonly multiply: (
    a: number,
    rows: number,
    depth: number,
    weights: number,
    bias: number,
    out: number,
    width: number,
  ) => void;
}

/** The matrix, [depth × width] row by row, and the bias of each column. */
export interface DenseMatrix {
  readonly depth: number;
  readonly width: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Exponent of the smallest product that may occur: a sum of such is never below the normal numbers of float32. */
const leastExponent = -80;
/** Exponent that a sum stays below. */
const mostExponent = 126;
const pageBytes = 65_536;
/** Nothing of the kernel's own lies behind. */
const firstAddress = 1024;

let compiled: WebAssembly.Module | undefined;

/** Multiplies rows by one matrix. */
export class DenseKernel {
  readonly #matrix: DenseMatrix;
  readonly #exports: DenseExports;
  /** Sizes of inputs that are not zero. */
  readonly #least: number;
  readonly #most: number;
  readonly #bias: number;
  readonly #rows: number;
  readonly #sums: number;
  #floats: Float32Array;

  /** @param mostRows most rows of a call */
  constructor(matrix: DenseMatrix, mostRows: number) {
    const { depth, width } = matrix;
    const pairs = Math.ceil(width / 2);
    this.#matrix = matrix;
    const { smallest, largest } = exponentsOf(matrix.weights);
    this.#least = 2 ** (leastExponent - smallest);
    // The exponent is that of the first digit, so that each factor may be twice as large.
    this.#most =
      2 ** Math.min(mostExponent, mostExponent - 2 - Math.ceil(Math.log2(depth)) - largest);
    this.#bias = firstAddress + pairs * depth * 16;
    this.#rows = this.#bias + pairs * 16;
    // The kernel reads ahead by a few bytes.
    this.#sums = this.#rows + Math.ceil((mostRows * depth + 8) / 8) * 32;
    const end = this.#sums + mostRows * width * 4 + 16;
    compiled ??= new WebAssembly.Module(Buffer.from(denseKernel, 'base64'));
    this.#exports = new WebAssembly.Instance(compiled).exports as unknown as DenseExports;
    const { memory } = this.#exports;
    memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / pageBytes)));
    this.#floats = new Float32Array(memory.buffer);
    this.#store(new Float64Array(memory.buffer));
  }

  /** Sums of the rows, [rows × width], a fresh array; null for numbers that it does not multiply, as infinite ones. */
  multiply(rows: Float32Array, rowCount: number): Float32Array | null {
    const { depth, width } = this.#matrix;
    const { areOrdinary, multiply } = this.#exports;
    const [floats, first] = [this.#floats, this.#rows / 4];
    floats.set(rows, first);
    // These are looked at, too.
    for (let at = first + rows.length; (at - first) % 8 !== 0; at++) floats[at] = 0;
    if (areOrdinary(this.#rows, rowCount * depth, this.#least, this.#most) === 0) return null;
    multiply(this.#rows, rowCount, depth, firstAddress, this.#bias, this.#sums, width);
    const from = this.#sums / 4;
    return this.#floats.slice(from, from + rowCount * width);
  }

  /** Columns in pairs, as the kernel reads them. */
  #store(doubles: Float64Array): void {
    const { depth, width, weights, bias } = this.#matrix;
    for (let column = 0; column < width; column++) {
      const pair = firstAddress / 8 + (column >> 1) * depth * 2 + (column & 1);
      for (let k = 0; k < depth; k++) doubles[pair + k * 2] = weights[k * width + column]!;
    }
    doubles.set(bias, this.#bias / 8);
  }
}

/** True for numbers that the kernel can multiply by. */
export function isOrdinaryMatrix({ weights, bias }: DenseMatrix): boolean {
  return weights.every(Number.isFinite) && bias.every(Number.isFinite);
}

/** Exponents of the smallest and the largest number that is not zero; of none, those of one. */
function exponentsOf(values: Float32Array): { smallest: number; largest: number } {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    const size = Math.abs(value);
    if (size !== 0) smallest = Math.min(smallest, size);
    largest = Math.max(largest, size);
  }
  if (largest === 0) return { smallest: 0, largest: 0 };
  return { smallest: Math.floor(Math.log2(smallest)), largest: Math.floor(Math.log2(largest)) };
}
