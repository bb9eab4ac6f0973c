/** The WebAssembly module of the kernel, compiled once a process. */
import { obliviousKernel } from '../../kernels/oblivious.generated.ts';

/** Functions of kernels/oblivious.ts; byte addresses and counts. */
export interface ObliviousExports {
  readonly predict: (
    plan: number,
    scratch: number,
    floats: number,
    categories: number,
    strideBytes: number,
    rowCount: number,
    out: number,
  ) => void;
  readonly hashText: (text: number, length: number) => number;
}

/** Pages (64 KiB) that the module declares as its most; the memory handed over must declare the same. */
export const maxMemoryPages: number = 65_536;

let compiled: WebAssembly.Module | undefined;

/** The kernel on the given memory. */
export function instantiateObliviousKernel(memory: WebAssembly.Memory): ObliviousExports {
  compiled ??= new WebAssembly.Module(Buffer.from(obliviousKernel, 'base64'));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return instance.exports as unknown as ObliviousExports;
}
