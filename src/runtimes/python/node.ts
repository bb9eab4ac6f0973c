/** The nodes in which values travel to a worker: JSON, with one-key objects for what JSON has not. */

/** A JSON scalar or list stands for itself; an object has one key that says what it is. */
export type Node =
  | null
  | boolean
  | number
  | string
  | readonly Node[]
  | { readonly array: readonly [dtype: string, shape: readonly number[], content: Content] }
  | { readonly bytes: number }
  | { readonly dict: readonly (readonly [key: string, value: Node])[] }
  | { readonly float: string }
  | { readonly frame: FrameNode }
  | { readonly int: string }
  | { readonly scalar: readonly [dtype: string, value: Node] }
  | { readonly time: readonly [nanoseconds: string, unit: string] };

/** A table. Without `labels` they are those of the layout that the worker was started with. */
export interface FrameNode {
  readonly rows: number;
  readonly labels?: readonly Node[];
  readonly blocks: readonly Block[];
  readonly index?: readonly Node[];
}

/** Columns of one dtype at these positions; null where they are all columns, in order. */
export type Block = readonly [
  dtype: string,
  positions: readonly number[] | null,
  content: Content | readonly [buffer: number, timeZone: string],
];

/** The number of a buffer of numbers, packed texts, or nodes. */
export type Content = number | PackedTexts | readonly Node[] | { readonly list: readonly Node[] };

/** Numbers of buffers: where each text begins and ends, the texts, which are missing. */
export type PackedTexts = readonly [
  offsets: number,
  data: number,
  missing: number | null,
  encoding: 'ascii' | 'utf-8' | 'bytes',
];
