import type { Outputs } from '../../src/flavors/onnx/to-answer.ts';

/** Outputs in a form whose equality is that of all bits, whatever NaN it is. */
export function plainOutputs(outputs: Outputs): unknown {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, data, dims }]) => {
      const plain = data instanceof Float32Array ? bitsOf(data) : Array.from<unknown>(data);
      return [name, { type, dims: Array.from(dims), data: plain }];
    }),
  );
}

function bitsOf(values: Float32Array): Uint32Array {
  // Writing makes one NaN of all.
  return new Uint32Array(values.map((value) => (Number.isNaN(value) ? NaN : value)).buffer);
}
