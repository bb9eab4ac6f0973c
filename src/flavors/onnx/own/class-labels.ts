import type { RowValues } from './own-step.ts';

/** Labels of classes. */
export interface ClassLabels {
  readonly type: 'int64' | 'string';
  /** Label of each index. */
  of(classes: Int32Array): RowValues;
}

/** Labels by index, of one kind. */
export function labelsOf(labels: readonly bigint[] | readonly string[]): ClassLabels {
  if (typeof labels[0] === 'string') {
    const texts = labels as readonly string[];
    return { type: 'string', of: (classes) => Array.from(classes, (index) => texts[index]!) };
  }
  const numbers = BigInt64Array.from(labels as readonly bigint[]);
  return {
    type: 'int64',
    of: (classes) => {
      const chosen = new BigInt64Array(classes.length);
      for (let row = 0; row < chosen.length; row++) chosen[row] = numbers[classes[row]!]!;
      return chosen;
    },
  };
}
