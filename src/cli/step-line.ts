/** One line on stderr that says what a slow command is doing, where stderr is a terminal. */
import type { WriteStream } from 'node:tty';

/** The line. */
export interface StepLine {
  /** Replaces what stands there. */
  show(step: string): void;
  /** Takes it away. Idempotent. */
  clear(): void;
}

/** Makes the line; elsewhere than on a terminal nothing is written. */
export function createStepLine(
  stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'> = process.stderr,
): StepLine {
  let isShown = false;
  return {
    show(step) {
      if (!stream.isTTY) return;
      const width = Math.max(20, (stream.columns || 80) - 1);
      stream.write(`\r\u001B[K${step.slice(0, width)}`);
      isShown = true;
    },
    clear() {
      if (isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
}
