/** A graph of our own that runs: step after step, at once unless a step takes long. */
import type { Outputs } from '../to-answer.ts';
import type { TensorParts } from '../to-tensor.ts';
import type { OwnGraph } from './find-own-graph.ts';
import type { OpenStep, RowShape, RowValues, StepCall, StepOptions } from './own-step.ts';
import { soleReaders } from './sole-readers.ts';

/** A step with the places of its inputs and outputs among the values of a run. */
interface PlacedStep {
  readonly step: OpenStep;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

interface PlacedOutput {
  readonly name: string;
  readonly shape: RowShape;
  readonly place: number;
}

/** What a run gives. */
export type OwnOutputs = Outputs | null;

/** Runs one model for any number of callers. */
export class OwnSession {
  readonly #inputName: string;
  readonly #steps: readonly PlacedStep[];
  readonly #outputs: readonly PlacedOutput[];

  /** @throws MODEL_NOT_NATIVE for an operation that is too large */
  constructor(graph: OwnGraph, options: StepOptions) {
    const { inputName, outputs, steps } = graph;
    const sole = soleReaders(graph);
    const places = new Map([[inputName, 0]]);
    const placeOf = (name: string): number => {
      const place = places.get(name) ?? places.size;
      places.set(name, place);
      return place;
    };
    this.#inputName = inputName;
    this.#steps = steps.map((planned) => ({
      step: planned.open(options, { mayOverwrite: sole.has(planned) }),
      inputs: planned.inputs.map(placeOf),
      outputs: planned.outputs.map(({ name }) => placeOf(name)),
    }));
    this.#outputs = outputs.map(({ name, shape }) => ({ name, shape, place: placeOf(name) }));
  }

  /**
   * Runs the model; a promise for many rows.
   *
   * @param feeds a float32 tensor of two dimensions for the input
   * @returns the outputs; null where a step can't be sure of a bit, which happens only in graphs that limit the rows
   */
  run(
    feeds: Readonly<Record<string, TensorParts>>,
    signal: AbortSignal,
  ): OwnOutputs | Promise<OwnOutputs> {
    const { data, dims } = feeds[this.#inputName] as TensorParts;
    return this.#go([data as RowValues], { rowCount: dims[0] as number, signal }, 0);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    for (const { step } of this.#steps) await step.close?.();
  }

  #go(values: RowValues[], call: StepCall, from: number): OwnOutputs | Promise<OwnOutputs> {
    for (let at = from; at < this.#steps.length; at++) {
      const { step, inputs, outputs } = this.#steps[at]!;
      const results = step.run(
        inputs.map((place) => values[place]!),
        call,
      );
      if (results instanceof Promise)
        return results.then((all) => {
          if (all === null) return null;
          outputs.forEach((place, i) => (values[place] = all[i]!));
          return this.#go(values, call, at + 1);
        });
      if (results === null) return null;
      for (let i = 0; i < outputs.length; i++) values[outputs[i]!] = results[i]!;
    }
    return this.#outputsOf(values, call.rowCount);
  }

  #outputsOf(values: readonly RowValues[], rowCount: number): Outputs {
    const tensors: Record<string, TensorParts> = {};
    for (const { name, shape, place } of this.#outputs) {
      const dims = shape.width === null ? [rowCount] : [rowCount, shape.width];
      tensors[name] = { type: shape.type, data: values[place]!, dims };
    }
    return tensors;
  }
}
