/** The part of the WebAssembly interface that the kernels need; Node's types leave it to the DOM library. */
declare namespace WebAssembly {
  /** A compiled module; it can be posted to worker threads. */
  class Module {
    constructor(bytes: Uint8Array);
  }
  /** Memory in pages of 64 KiB; `shared` memory is backed by a SharedArrayBuffer. */
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    grow(pages: number): number;
  }
  /** A module with its imports bound. */
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
