import type { OnProgress } from '../contract/runtime.ts';
import { createStepLine } from './step-line.ts';

/** What a slow start shows of itself. */
export interface ShownProgress {
  readonly onProgress: OnProgress;
  /** The start is over: takes away what stands there. Idempotent. */
  readonly clear: () => void;
}

/** Shows steps in one line of a terminal; elsewhere, with `--verbose`, each in a line of its own. */
export function showProgress({ verbose }: { readonly verbose?: true }): ShownProgress {
  const line = createStepLine();
  const prints = verbose === true && !process.stderr.isTTY;
  return {
    onProgress: ({ step }) => {
      line.show(step);
      if (prints) process.stderr.write(`slipway: ${step}\n`);
    },
    clear: () => line.clear(),
  };
}
