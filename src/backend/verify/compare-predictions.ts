/** Two predictions of the same rows, compared value by value: kinds and dtypes must be equal, floats are measured. */
import { isFrame } from '../../data/frame.ts';
import { isNdArray } from '../../data/nd-array.ts';
import { parseExactJson } from '../../data/parse-exact-json.ts';
import { isNumpyScalar, isPyDict, isPyList } from '../../data/py-value.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import { elementAt } from '../../data/vector-values.ts';
import type { Vector } from '../../data/vector.ts';
import { encodePrediction } from '../../payload/encode-prediction.ts';
import { type FloatWidth, ulpsBetween } from './float-steps.ts';

/** Where two predictions differ most. */
export interface Difference {
  /** Largest distance in units of the last place; Infinity where values are not both numbers. */
  readonly ulps: number;
  /** Largest relative distance; Infinity likewise. */
  readonly relative: number;
  /** First place beyond the tolerance, as a path such as `[3]` or `.label[0]`; null where there is none. */
  readonly first: DifferentPlace | null;
  /** Values compared. */
  readonly values: number;
}

/** One differing value. */
export interface DifferentPlace {
  readonly path: string;
  /** First index of the path: the row, where the prediction has one entry a row; else null. */
  readonly row: number | null;
  readonly native: unknown;
  readonly reference: unknown;
}

/** Compares `native` with `reference`; floats may differ by the relative `tolerance`. */
export function comparePredictions(
  native: Prediction,
  reference: Prediction,
  tolerance: number,
): Difference {
  const comparison = new Comparison(tolerance);
  comparison.compare(native, reference, '', null);
  return comparison.result();
}

class Comparison {
  readonly #tolerance: number;
  #ulps = 0;
  #relative = 0;
  #values = 0;
  #first: DifferentPlace | null = null;

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  result(): Difference {
    const { ulps, relative, first, values } = {
      ulps: this.#ulps,
      relative: this.#relative,
      first: this.#first,
      values: this.#values,
    };
    return { ulps, relative, first, values };
  }

  compare(native: Prediction, reference: Prediction, path: string, row: number | null): void {
    if (isFrame(native) && isFrame(reference)) return this.#frames(native, reference, path);
    if (isNdArray(native) && isNdArray(reference)) {
      if (native.shape.join() !== reference.shape.join()) {
        return this.#differ(`${path} (shape)`, row, native.shape, reference.shape);
      }
      const perRow = native.shape.slice(1).reduce((product, size) => product * size, 1);
      return this.#vectors(native.data, reference.data, path, (at) =>
        native.shape.length === 0 ? row : (row ?? Math.floor(at / perRow)),
      );
    }
    if (isPyList(native) && isPyList(reference)) {
      if (native.length !== reference.length) {
        return this.#differ(`${path} (length)`, row, native.length, reference.length);
      }
      for (const [at, value] of native.entries()) {
        this.compare(value, reference[at] as Prediction, `${path}[${at}]`, row ?? at);
      }
      return;
    }
    if (isPyDict(native) && isPyDict(reference)) return this.#dicts(native, reference, path, row);
    if (isFrame(native) || isNdArray(native)) {
      // A worker sends what is no plain table or array as the JSON that MLflow makes of it.
      if (isPyList(reference)) return this.compare(asJson(native), reference, path, row);
    }
    this.#scalars(native, reference, path, row);
  }

  #frames(
    native: Extract<Prediction, { kind: 'frame' }>,
    reference: Extract<Prediction, { kind: 'frame' }>,
    path: string,
  ): void {
    const labels = (of: typeof native): string => JSON.stringify(of.columns.map((c) => c.label));
    if (labels(native) !== labels(reference) || native.rowCount !== reference.rowCount) {
      return this.#differ(`${path} (columns)`, null, labels(native), labels(reference));
    }
    for (const [at, { label, data }] of native.columns.entries()) {
      const other = reference.columns[at]?.data as Vector;
      this.#vectors(data, other, `${path}.${String(label)}`, (index) => index);
    }
  }

  #dicts(
    native: ReadonlyMap<string, Prediction>,
    reference: ReadonlyMap<string, Prediction>,
    path: string,
    row: number | null,
  ): void {
    const keys = [...native.keys()];
    if (keys.join('\0') !== [...reference.keys()].join('\0')) {
      return this.#differ(`${path} (keys)`, row, keys, [...reference.keys()]);
    }
    for (const [key, value] of native) {
      this.compare(value, reference.get(key) as Prediction, `${path}.${key}`, row);
    }
  }

  #vectors(
    native: Vector,
    reference: Vector,
    path: string,
    rowOf: (at: number) => number | null,
  ): void {
    if (native.values.length > 0 && kindOf(native) !== kindOf(reference)) {
      return this.#differ(`${path} (dtype)`, null, native.dtype, reference.dtype);
    }
    const width: FloatWidth = native.dtype === 'float32' ? 'float32' : 'float64';
    for (let at = 0; at < native.values.length; at++) {
      const [left, right] = [elementAt(native, at), elementAt(reference, at)];
      if (typeof left === 'number' && typeof right === 'number') {
        this.#numbers(left, right, width, `${path}[${at}]`, rowOf(at));
      } else this.compare(left, right, `${path}[${at}]`, rowOf(at));
    }
  }

  #scalars(native: Prediction, reference: Prediction, path: string, row: number | null): void {
    const width: FloatWidth =
      isNumpyScalar(native) && native.dtype === 'float32' ? 'float32' : 'float64';
    const left = isNumpyScalar(native) ? native.value : native;
    const right = isNumpyScalar(reference) ? reference.value : reference;
    if (typeof left === 'number' && typeof right === 'number') {
      return this.#numbers(left, right, width, path, row);
    }
    this.#values++;
    if (left !== right) this.#differ(path, row, left, right);
  }

  #numbers(left: number, right: number, width: FloatWidth, path: string, row: number | null): void {
    this.#values++;
    if (Object.is(left, right)) return;
    const ulps = ulpsBetween(left, right, width);
    const relative = relativeDistance(left, right);
    this.#ulps = Math.max(this.#ulps, ulps);
    this.#relative = Math.max(this.#relative, relative);
    // With no tolerance -0 is not 0, since it is printed otherwise.
    if (relative > this.#tolerance || (this.#tolerance === 0 && ulps === 0)) {
      this.#first ??= { path, row, native: left, reference: right };
    }
  }

  #differ(path: string, row: number | null, native: unknown, reference: unknown): void {
    this.#ulps = Infinity;
    this.#relative = Infinity;
    this.#first ??= { path, row, native, reference };
  }
}

/** Text is `str` or `object` by the version of pandas; what is sent is the same. */
function kindOf({ dtype }: Vector): string {
  return dtype === 'str' ? 'object' : dtype;
}

function asJson(prediction: Prediction): Prediction {
  return parseExactJson(encodePrediction(prediction, { nonFinite: 'tokens', wrap: false }));
}

function relativeDistance(left: number, right: number): number {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return 0;
  const distance = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right));
  return Number.isNaN(distance) ? Infinity : distance;
}
