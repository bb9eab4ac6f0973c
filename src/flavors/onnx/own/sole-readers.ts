import type { OwnGraph } from './find-own-graph.ts';
import type { PlannedStep } from './own-step.ts';

/**
 * Steps whose first input nobody else reads, so that they may write over it: neither the caller's own rows nor an output,
 * be it under another name.
 */
export function soleReaders({ inputName, outputs, steps }: OwnGraph): ReadonlySet<PlannedStep> {
  const sources = new Map<string, string>();
  const sourceOf = (name: string): string => sources.get(name) ?? name;
  for (const { isCopy, inputs, outputs: made } of steps)
    if (isCopy === true) for (const { name } of made) sources.set(name, sourceOf(inputs[0]!));
  const readers = new Map<string, number>([[inputName, 1]]);
  const note = (name: string): void => {
    const source = sourceOf(name);
    readers.set(source, (readers.get(source) ?? 0) + 1);
  };
  for (const { name } of outputs) note(name);
  for (const { isCopy, inputs } of steps) if (isCopy !== true) inputs.forEach(note);
  return new Set(steps.filter(({ inputs }) => readers.get(sourceOf(inputs[0] ?? '')) === 1));
}
