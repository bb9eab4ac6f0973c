/** A session for calls that feed inputs which have a default in the file: there the defaults are fed too. */
import { decodeTensor } from './decode-tensor.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { LoadedModel } from './load-model.ts';
import type { OnnxSession } from './onnx-session.ts';
import { withoutDefaults } from './rewrite-model.ts';
import type { Outputs } from './to-answer.ts';
import type { TensorParts } from './to-tensor.ts';

/** Runs with some defaults replaced. */
export interface OverridingSession {
  /** @throws PREDICT_FAILED; MODEL_NOT_NATIVE for a default that can't be replaced here */
  run(
    feeds: Readonly<Record<string, TensorParts>>,
    signal: AbortSignal,
  ): Outputs | Promise<Outputs>;
  close(): Promise<void>;
}

/**
 * Makes the session of a model whose defaults have been taken out.
 *
 * @param openSession opens the changed file
 */
export function createOverridingSession(
  { model, file, interface: { optionalInputs } }: LoadedModel,
  openSession: (file: Uint8Array) => OnnxSession,
): OverridingSession {
  const defaults: Record<string, TensorParts> = {};
  for (const tensor of model.graph.initializers) {
    if (!optionalInputs.some(({ name }) => name === tensor.name)) continue;
    const decoded = decodeTensor(tensor);
    if (decoded !== null) defaults[tensor.name] = decoded;
  }
  const replaceable = new Set(Object.keys(defaults));
  const session = openSession(withoutDefaults(file, model, replaceable));
  const fixed = optionalInputs.filter(({ name }) => !replaceable.has(name));
  return {
    run: (feeds, signal) => {
      const given = fixed.find(({ name }) => name in feeds);
      if (given !== undefined) throw notReplaceable(given.name);
      return session.run({ ...defaults, ...feeds }, signal);
    },
    close: () => session.close(),
  };
}

function notReplaceable(name: string): Error {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The default of the input ${JSON.stringify(name)} can't be replaced natively; use the python runtime for it.`,
    { details: { input: name } },
  );
}
