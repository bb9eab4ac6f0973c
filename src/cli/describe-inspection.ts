/** What `slipway inspect` prints: for people and for machines. */
import type { SelectedModel } from '../backend/open-model.ts';
import type { SelectionReason } from '../backend/select-runtime.ts';
import { describeModel, type ModelDescription } from '../model/describe-model.ts';
import type { ModelEnvironment } from '../model/environment-files.ts';

/** Everything as plain JSON; absent parts are null. `environment` as `readModelEnvironment` gives it. */
export function inspectionJson(
  { model, selection }: SelectedModel,
  environment: ModelEnvironment,
): object {
  return {
    ...describeModel(model, environment),
    modelUuid: model.modelUuid,
    flavors: Object.fromEntries(model.flavors),
    runtime: selection.runtime,
    flavor: selection.flavor,
    canScore: selection.runtime !== null,
    reasons: selection.reasons,
  };
}

/** The same as text, a line for each fact. */
export function inspectionText(
  { model, selection }: SelectedModel,
  environment: ModelEnvironment,
): string {
  const { runtime, flavor, reasons } = selection;
  const description = describeModel(model, environment);
  const lines = [
    ...titled('model', [description.uri]),
    ...titled('name', description.registered === null ? null : [description.registered]),
    ...titled('saved by', [savedBy(description)]),
    ...titled('flavors', [flavorsLine(description)]),
    ...signatureLines(description),
    ...titled('example', description.inputExample === null ? null : [description.inputExample]),
    ...titled('wants', environmentLine(environment)),
    ...titled('runtime', [runtime === null ? 'none can score it here' : `${runtime} (${flavor})`]),
    ...reasons.flatMap(reasonLines),
  ];
  return `${lines.join('\n')}\n`;
}

function savedBy({ mlflowVersion, savedAt }: ModelDescription): string {
  const version = `MLflow ${mlflowVersion ?? '(version not recorded)'}`;
  return savedAt === null ? version : `${version} at ${savedAt}`;
}

function flavorsLine({ flavors }: ModelDescription): string {
  const names = flavors.map(({ name, version }) =>
    version === null ? name : `${name} ${version}`,
  );
  return names.join(', ') || 'none';
}

function signatureLines({ signature }: ModelDescription): string[] {
  if (signature === null) return titled('signature', ['none']);
  return [
    ...titled('inputs', signature.inputs),
    ...titled('outputs', signature.outputs),
    ...titled('params', signature.params),
  ];
}

function environmentLine({ pythonVersion, requirements }: ModelEnvironment): string[] | null {
  if (pythonVersion === null && requirements.length === 0) return null;
  return [`Python ${pythonVersion ?? '(any)'}; ${requirements.join(', ') || 'no requirements'}`];
}

function titled(title: string, lines: readonly string[] | null): string[] {
  if (lines === null) return [];
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(11)}${line}`);
}

function reasonLines({ runtime, chosen, reason, needs }: SelectionReason): string[] {
  const head = `  ${chosen ? '✓' : '✗'} ${runtime.padEnd(7)}${reason}`;
  return [head, ...needs.map((need) => `             needs ${need}`)];
}
