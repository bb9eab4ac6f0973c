/** What `slipway doctor` prints: for people and for machines. */
import type { SelectedModel } from '../backend/open-model.ts';
import type { SelectionReason } from '../backend/select-runtime.ts';
import type { EnvironmentDiagnosis } from '../env/diagnose-environment.ts';

/** Everything that was looked at; no environment where the model is none of Python. */
export interface Diagnosis {
  readonly selected: SelectedModel;
  readonly environment: EnvironmentDiagnosis | null;
}

/** True where a runtime can score the model, if need be after prepare-env. */
export function canRun({ selected, environment }: Diagnosis): boolean {
  const { runtime } = selected.selection;
  if (runtime !== 'python') return runtime !== null;
  return environment !== null && environment.problems.length === 0;
}

/** As plain JSON; absent parts are null. */
export function diagnosisJson(diagnosis: Diagnosis): object {
  const { selected, environment } = diagnosis;
  const { runtime, flavor, reasons } = selected.selection;
  const { uri } = selected.model;
  return { uri, runtime, flavor, canRun: canRun(diagnosis), reasons, environment };
}

/** The same as text, a line for each fact. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { selected, environment } = diagnosis;
  const { runtime, reasons } = selected.selection;
  const lines = [
    `model          ${selected.model.uri}`,
    `runtime        ${runtime ?? 'none can score it here'}`,
    ...reasons.flatMap(reasonLines),
    ...(environment === null ? [] : environmentLines(environment)),
    `verdict        ${verdict(diagnosis)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function reasonLines({ runtime, chosen, reason, needs }: SelectionReason): string[] {
  const head = `  ${chosen ? '✓' : '✗'} ${runtime.padEnd(11)}${reason}`;
  return [head, ...needs.map((need) => `               needs ${need}`)];
}

function environmentLines(environment: EnvironmentDiagnosis): string[] {
  const { manager, wantedPython, interpreter, pythons, installer, requirements } = environment;
  const facts: readonly (readonly [string, string | null])[] = [
    ['manager', manager],
    ['python', wantedPython],
    ['interpreter', interpreter && `${interpreter.file} (${interpreter.version})`],
    ['pythons', pythons],
    ['installer', installer],
    ['requires', requirements === null ? null : `${requirements} lines`],
    [
      'environment',
      environment.environment && `${environment.environment}: ${stateText(environment)}`,
    ],
  ];
  return [
    'python environment',
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(13)}${value}`])),
    ...environment.notes.map((text) => `  note         ${text}`),
    ...environment.problems.map((problem) => `  missing      ${problem}`),
  ];
}

function stateText({ state, misfit }: EnvironmentDiagnosis): string {
  return state === 'unfit' ? `does not fit (${misfit}); it would be made anew` : state;
}

function verdict(diagnosis: Diagnosis): string {
  const { selected, environment } = diagnosis;
  if (!canRun(diagnosis)) return 'nothing here can score the model; see above for what is missing';
  if (selected.selection.runtime !== 'python') return 'nothing is missing';
  return environment?.state === 'ready'
    ? 'nothing is missing'
    : 'prepare-env can make the environment';
}
