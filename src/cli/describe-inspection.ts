/** What `slipway inspect` prints: for people and for machines. */
import type { SelectedModel } from '../backend/open-model.ts';
import type { SelectionReason } from '../backend/select-runtime.ts';
import type { Schema, Signature } from '../model/signature.ts';
import { describeColumn, describeParam, describeTensor } from './describe-type.ts';

/** Everything as plain JSON; absent parts are null. */
export function inspectionJson({ model, selection }: SelectedModel): object {
  return {
    uri: model.uri,
    directory: model.directory,
    mlflowVersion: model.mlflowVersion,
    modelUuid: model.modelUuid,
    runId: model.runId,
    utcTimeCreated: model.utcTimeCreated,
    flavors: Object.fromEntries(model.flavors),
    signature: model.signature === null ? null : signatureJson(model.signature),
    runtime: selection.runtime,
    flavor: selection.flavor,
    canScore: selection.runtime !== null,
    reasons: selection.reasons,
  };
}

function signatureJson(signature: Signature): object {
  return {
    inputs: schemaLines(signature.inputs),
    outputs: schemaLines(signature.outputs),
    params: signature.params?.map(describeParam) ?? null,
    fromTypeHint: signature.fromTypeHint,
  };
}

/** The same as text, a line for each fact. */
export function inspectionText({ model, selection }: SelectedModel): string {
  const { runtime, flavor, reasons } = selection;
  const lines = [
    `model      ${model.uri}`,
    `saved by   MLflow ${model.mlflowVersion ?? '(version not recorded)'}`,
    `flavors    ${[...model.flavors.keys()].join(', ') || 'none'}`,
    ...signatureLines(model.signature),
    `runtime    ${runtime === null ? 'none can score it here' : `${runtime} (${flavor})`}`,
    ...reasons.flatMap(reasonLines),
  ];
  return `${lines.join('\n')}\n`;
}

function signatureLines(signature: Signature | null): string[] {
  if (signature === null) return ['signature  none'];
  return [
    ...titled('inputs', schemaLines(signature.inputs)),
    ...titled('outputs', schemaLines(signature.outputs)),
    ...titled('params', signature.params?.map(describeParam) ?? null),
  ];
}

function titled(title: string, lines: readonly string[] | null): string[] {
  if (lines === null) return [];
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(11)}${line}`);
}

function schemaLines(schema: Schema | null): string[] | null {
  if (schema === null) return null;
  return schema.kind === 'columns'
    ? schema.columns.map(describeColumn)
    : schema.tensors.map(describeTensor);
}

function reasonLines({ runtime, chosen, reason, needs }: SelectionReason): string[] {
  const head = `  ${chosen ? '✓' : '✗'} ${runtime.padEnd(7)}${reason}`;
  return [head, ...needs.map((need) => `             needs ${need}`)];
}
