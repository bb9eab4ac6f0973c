import type { Selection } from '../backend/select-runtime.ts';
import { note } from './common-options.ts';
import type { PrepareValues } from './environment-options.ts';

/** What a user should know of the choice: which options do nothing, and why a start takes its time. */
export function noteSelection(values: PrepareValues, selection: Selection): void {
  noteFallback(selection);
  noteUnused(values, selection);
}

/** Says why Python scores a model that is of a native flavor; one line, since its start is slow. */
function noteFallback({ choice, runtime, reasons }: Selection): void {
  const native = reasons.find((one) => one.runtime === 'native');
  if (choice === 'auto' && runtime === 'python' && native !== undefined) {
    note(`Python scores this model; native: ${native.reason}`);
  }
}

/**
 * Says which options about a Python environment do nothing, as the model needs none. Those that name packages and
 * variables are always mentioned, the others with `--verbose`.
 */
function noteUnused(values: PrepareValues, { runtime }: Selection): void {
  if (runtime !== 'native') return;
  const asked: readonly (readonly [string, boolean])[] = [
    ['--pip-requirements-override', values.pipRequirementsOverride !== undefined],
    ['--env', values.env !== undefined],
  ];
  const assumed: readonly (readonly [string, boolean])[] = [
    [`--env-manager ${values.envManager}`, values.envManager !== undefined],
    ['--install-mlflow', values.installMlflow === true],
    ['--python', values.python !== undefined],
  ];
  for (const [name, isGiven] of values.verbose === true ? [...asked, ...assumed] : asked) {
    if (isGiven) note(`${name} has no effect: a native model needs no environment`);
  }
}
