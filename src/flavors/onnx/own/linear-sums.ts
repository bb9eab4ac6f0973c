/**
 * Sums of LinearRegressor and LinearClassifier: rows times coefficients, and intercepts. A single row is added up in eight
 * lanes without FMA, more rows feature by feature with it.
 * Source: onnxruntime 1.30 core/mlas/lib/sgemm.cpp `MlasSgemmOperation`, x86_64/SgemmKernelM1TransposeBAvx.S.
 */
import { DenseKernel, type DenseMatrix } from './dense-kernel.ts';

/** The coefficients of each target one after another, and intercepts. */
export interface LinearParts {
  readonly featureCount: number;
  readonly targetCount: number;
  /** [targets × features] */
  readonly coefficients: Float32Array;
  /** One for each target; zeros where there are none. */
  readonly intercepts: Float32Array;
}

/** Adds up any number of rows. */
export class LinearSums {
  readonly #parts: LinearParts;
  readonly #kernel: DenseKernel;

  constructor(parts: LinearParts, mostRows: number) {
    this.#parts = parts;
    this.#kernel = new DenseKernel(matrixOf(parts), mostRows);
  }

  /** [rows × targets], a fresh array; null where it can't be sure of a bit. */
  of(rows: Float32Array, rowCount: number): Float32Array | null {
    return rowCount === 1 ? sumRow(rows, this.#parts) : this.#kernel.multiply(rows, rowCount);
  }
}

/** The matrix as it stands behind the rows. */
export function matrixOf(parts: LinearParts): DenseMatrix {
  const { featureCount: depth, targetCount: width, coefficients, intercepts } = parts;
  const weights = new Float32Array(depth * width);
  for (let k = 0; k < depth; k++)
    for (let n = 0; n < width; n++) weights[k * width + n] = coefficients[n * depth + k]!;
  return { depth, width, weights, bias: intercepts };
}

const laneCount = 8;
const lanes = new Float32Array(laneCount);

function sumRow(row: Float32Array, parts: LinearParts): Float32Array {
  const { featureCount, targetCount, coefficients, intercepts } = parts;
  const sums = new Float32Array(targetCount);
  const fours = targetCount - (targetCount % 4);
  for (let target = 0; target < targetCount; target++) {
    lanes.fill(0);
    const from = target * featureCount;
    for (let k = 0; k < featureCount; k++) {
      const product = Math.fround(row[k]! * coefficients[from + k]!);
      lanes[k % laneCount] = lanes[k % laneCount]! + product;
    }
    // Targets go by fours, then by two, then the last one.
    const rest = targetCount - fours;
    const isOfTwo = rest >= 2 && target < fours + 2;
    const total = target < fours ? addFour() : isOfTwo ? addTwo() : addOne();
    sums[target] = total + intercepts[target]!;
  }
  return sums;
}

/** Lanes in halves of four, each half one after another. */
function addFour(): number {
  const low = add(add(add(lanes[0]!, lanes[1]!), lanes[2]!), lanes[3]!);
  const high = add(add(add(lanes[4]!, lanes[5]!), lanes[6]!), lanes[7]!);
  return add(low, high);
}

/** Even and odd lanes apart. */
function addTwo(): number {
  const even = add(add(lanes[0]!, lanes[2]!), add(lanes[4]!, lanes[6]!));
  const odd = add(add(lanes[1]!, lanes[3]!), add(lanes[5]!, lanes[7]!));
  return add(even, odd);
}

/** Neighbours first. */
function addOne(): number {
  const low = add(add(lanes[0]!, lanes[1]!), add(lanes[2]!, lanes[3]!));
  const high = add(add(lanes[4]!, lanes[5]!), add(lanes[6]!, lanes[7]!));
  return add(low, high);
}

function add(a: number, b: number): number {
  return Math.fround(a + b);
}
