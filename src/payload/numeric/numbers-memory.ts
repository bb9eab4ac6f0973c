/**
 * The numbers kernel and its memory, one per thread and of fixed size: input goes through a window, output through a
 * staging area, so that a body of any size costs the same memory. Nothing that is handed out may be a view of it.
 */
import { numbersKernel } from '../../kernels/numbers.generated.ts';
import { powersOfFive } from './powers-of-five.ts';

/** Functions of kernels/numbers.ts; addresses are offsets into the memory. */
export interface NumbersKernel {
  readonly memory: WebAssembly.Memory;
  parseJsonRows(at: number, columns: number, out: number, stride: number): number;
  parseJsonRecords(at: number, columns: number, keys: number, out: number, stride: number): number;
  parseJsonRange(at: number): number;
  parseCsvRows(at: number, columns: number, kinds: number, out: number, stride: number): number;
  formatFloats(values: number, count: number, rowLength: number, at: number): number;
  formatRecords(values: number, count: number, width: number, texts: number, at: number): number;
  getPosition(): number;
  getRowCount(): number;
  sawBigInteger(): number;
  clearBigInteger(): void;
}

/** What a pass over rows ended with; the same numbers stand in kernels/numbers/progress.ts. */
export const passEnd: { readonly stopped: 0; readonly closed: 1; readonly full: 2 } = {
  stopped: 0,
  closed: 1,
  full: 2,
};

/** Where things lie. The table of powers stands at the address kernels/numbers/layout.ts says. */
export const layout = {
  powers: 4096,
  /** Keys of records that are read or written, or kinds of CSV columns. */
  scratch: 16_384,
  scratchBytes: 49_152,
  window: 65_536,
  windowBytes: 262_144,
  staging: 331_776,
  stagingElements: 65_536,
} as const;

const pageBytes = 65_536;
/** Zeros behind the window's content, which no number and no row goes on with. */
const padding = new Uint8Array(64);

/** The kernel with views of its whole memory. */
export interface NumbersMemory {
  readonly kernel: NumbersKernel;
  /** A Buffer, for its quick conversions to text. */
  readonly bytes: Buffer;
  readonly doubles: Float64Array;
}

let instance: NumbersMemory | undefined;

/** The kernel of this thread, made at the first call (about a millisecond). */
export function numbersMemory(): NumbersMemory {
  instance ??= instantiate();
  return instance;
}

function instantiate(): NumbersMemory {
  const module = new WebAssembly.Module(Buffer.from(numbersKernel, 'base64'));
  let bytes: Buffer = Buffer.alloc(0);
  const parseLong = (start: number, end: number): number =>
    Number(bytes.toString('latin1', start, end));
  const kernel = new WebAssembly.Instance(module, { env: { parseLong } })
    .exports as unknown as NumbersKernel;
  const wanted = layout.staging + 8 * layout.stagingElements;
  kernel.memory.grow(Math.ceil((wanted - kernel.memory.buffer.byteLength) / pageBytes));
  const { buffer } = kernel.memory;
  bytes = Buffer.from(buffer);
  new BigUint64Array(buffer, layout.powers).set(powersOfFive());
  return { kernel, bytes, doubles: new Float64Array(buffer) };
}

/** Copies the part [from, to) into the window, at most as much as fits, with zeros behind it; returns its size. */
export function loadWindow(memory: NumbersMemory, body: Buffer, from: number, to: number): number {
  const size = Math.min(layout.windowBytes, to - from);
  body.copy(memory.bytes, layout.window, from, from + size);
  const end = layout.window + size;
  memory.bytes.set(padding, end);
  return size;
}

/**
 * Rows that the staging area takes at once for `columns` columns (0: too many columns). Columns start in different cache sets,
 * which strides of a power of two would not.
 */
export function stagingStride(columns: number): number {
  const most = Math.floor(layout.stagingElements / columns);
  return most < 1024 ? most : (most & ~511) - 504;
}

/** A Buffer over the same bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
