/** The WebAssembly module of the kernel, compiled once a process. */
import { treesKernel } from '../kernels/trees.generated.ts';

/** Arguments of {@link KernelExports.predict}: byte addresses and counts, in the kernel's order. */
export type PredictCall = readonly [
  plan: number,
  scratch: number,
  rows: number,
  rowCount: number,
  out: number,
  segments: number,
  segmentCount: number,
  firstTree: number,
  endTree: number,
];

/** Functions of kernels/trees.ts. */
export interface KernelExports {
  readonly prepareScratch: (plan: number, scratch: number) => void;
  readonly predict: (...call: PredictCall) => void;
  readonly findLeaves: (
    plan: number,
    scratch: number,
    rows: number,
    rowCount: number,
    out: number,
    firstTree: number,
    endTree: number,
  ) => void;
}

/** Pages (64 KiB) that the module declares as its most; the memory handed over must declare the same. */
export const maxMemoryPages: number = 65_536;

let compiled: WebAssembly.Module | undefined;

/** The compiled module. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(treesKernel, 'base64'));
  return compiled;
}

/** The kernel on the given memory. */
export function instantiateKernel(memory: WebAssembly.Memory): KernelExports {
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  return instance.exports as unknown as KernelExports;
}
