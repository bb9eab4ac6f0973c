import { expect, it } from 'vitest';
import type { PlannedStep, RowShape } from './own-step.ts';
import { soleReaders } from './sole-readers.ts';

const shape: RowShape = { type: 'float32', width: 1 };

function stepOf(from: string, to: string, isCopy = false): PlannedStep {
  const open = (): never => {
    throw new Error('it is not to run');
  };
  return { inputs: [from], outputs: [{ name: to, shape }], isCopy, open };
}

function overwriting(steps: readonly PlannedStep[], outputs: readonly string[]): readonly string[] {
  const graph = {
    inputName: 'X',
    inputWidth: 1,
    outputs: outputs.map((name) => ({ name, shape })),
    steps,
    mostRows: 1,
  };
  return Array.from(soleReaders(graph), (step) => step.outputs[0]!.name);
}

it('lets steps write over what only they read', () => {
  expect(overwriting([stepOf('X', 'a'), stepOf('a', 'b'), stepOf('b', 'Y')], ['Y'])).toEqual([
    'b',
    'Y',
  ]);
});

it('keeps the rows of the caller, also under another name', () => {
  expect(overwriting([stepOf('X', 'a', true), stepOf('a', 'Y')], ['Y'])).toEqual([]);
});

it('keeps outputs, also under another name', () => {
  expect(overwriting([stepOf('X', 'a'), stepOf('a', 'Y')], ['a', 'Y'])).toEqual([]);
  const renamed = [stepOf('X', 'a'), stepOf('a', 'Z', true), stepOf('a', 'Y')];
  expect(overwriting(renamed, ['Z', 'Y'])).not.toContain('Y');
});

it('keeps what several steps read', () => {
  const steps = [stepOf('X', 'a'), stepOf('a', 'b'), stepOf('a', 'c', true), stepOf('c', 'Y')];
  expect(overwriting(steps, ['b', 'Y'])).toEqual([]);
});
