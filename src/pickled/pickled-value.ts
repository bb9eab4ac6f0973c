/**
 * What skops and pickle files hold, as records: values, containers, references to Python objects by name,
 * and instances as the name of their class, its arguments and its attributes. Nothing is constructed.
 * Shared references are kept, so that values form a graph; a pickle may hold cycles.
 */
import type { NdArray } from '../data/nd-array.ts';
import type { NumpyScalar, PyDatetime } from '../data/py-value.ts';

/** null is None, bigint is int, number is float, Uint8Array is bytes or a bytearray. */
export type PickledValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | NumpyScalar
  | PyDatetime
  | NdArray
  | PickledObjectArray
  | PickledRecordArray
  | PickledRawArray
  | PickledDtype
  | PickledSequence
  | PickledDict
  | PickledGlobal
  | PickledInstance;

/** A list, tuple, set or frozenset; sets keep the order of the file. A deque is a list. */
export interface PickledSequence {
  readonly kind: 'list' | 'tuple' | 'set' | 'frozenset';
  readonly items: readonly PickledValue[];
}

/** Keys and values in the order of the file. Keys that are not plain are equal only to themselves. */
export type PickledEntries = ReadonlyMap<PickledValue, PickledValue>;

/** A dict, or one of its common subclasses. */
export interface PickledDict {
  readonly kind: 'dict';
  /** `builtins.dict`, `collections.OrderedDict`, `collections.defaultdict`, … */
  readonly className: string;
  readonly entries: PickledEntries;
}

/** A class, function or other object that Python would import. */
export interface PickledGlobal {
  readonly kind: 'global';
  /** `numpy.float64`: the module and the qualified name. */
  readonly name: string;
}

/** An object that Python would make by calling or instantiating `className`. */
export interface PickledInstance {
  readonly kind: 'instance';
  /** Class, or function, that is given `args`: `sklearn.tree._tree.Tree`. */
  readonly className: string;
  readonly args: readonly PickledValue[];
  /** Keyword arguments of a class that takes them when instantiated. */
  readonly keywords?: PickledEntries;
  /** What `__setstate__` is given where that is not a dict of attributes; undefined: nothing. */
  readonly state?: PickledValue;
  /** The instance's `__dict__` and slots, where its state is a dict; keys are strings. */
  readonly attributes: PickledEntries;
  /** Items appended to an instance of a subclass of list. */
  readonly items?: readonly PickledValue[];
  /** Items set on an instance of a subclass of dict. */
  readonly entries?: PickledEntries;
}

/** An array of dtype object, in C order. */
export interface PickledObjectArray {
  readonly kind: 'objects';
  readonly shape: readonly number[];
  readonly items: readonly PickledValue[];
}

/** An array of a structured dtype: one array a field, each of the shape of the whole (and of its own). */
export interface PickledRecordArray {
  readonly kind: 'records';
  readonly shape: readonly number[];
  readonly fields: ReadonlyMap<string, PickledArray>;
}

/** An array of a dtype that nothing here computes with (complex, timedelta64, long double, void), in C order. */
export interface PickledRawArray {
  readonly kind: 'raw';
  readonly dtype: PickledDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Any array. */
export type PickledArray = NdArray | PickledObjectArray | PickledRecordArray | PickledRawArray;

/** A NumPy dtype. */
export interface PickledDtype {
  readonly kind: 'dtype';
  /** NumPy's `dtype.kind`. */
  readonly code: 'b' | 'i' | 'u' | 'f' | 'c' | 'm' | 'M' | 'S' | 'U' | 'V' | 'O';
  readonly itemSizeBytes: number;
  readonly bigEndian: boolean;
  /** Unit of a datetime or timedelta, such as `ns`, `25s`; absent: generic. */
  readonly unit?: string;
  /** Fields of a structured dtype, in order. */
  readonly fields?: ReadonlyMap<string, PickledField>;
  /** What each element of a subarray dtype is. */
  readonly subarray?: { readonly dtype: PickledDtype; readonly shape: readonly number[] };
}

/** A field of a structured dtype. */
export interface PickledField {
  readonly dtype: PickledDtype;
  readonly offsetBytes: number;
}

type Tagged = Extract<PickledValue, { readonly kind: string }>;

/** The records of a kind. */
type PickledOf<K extends string, V = Tagged> = V extends { readonly kind: infer J }
  ? K extends J
    ? V
    : never
  : never;

/** True for a record of one of `kinds`. */
export function isPickled<K extends Tagged['kind']>(
  value: PickledValue | undefined,
  ...kinds: readonly K[]
): value is PickledOf<K> {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return (kinds as readonly string[]).includes(value.kind);
}
