/** One line on stderr that shows how far `predict` is; nothing where stderr is no terminal. */
import type { PredictProgress } from '../backend/predict-file.ts';

/** The terminal that is drawn on; `process.stderr` has this form. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Draws while rows come; {@link clear} removes the line. */
export interface ProgressBar {
  update(progress: PredictProgress): void;
  clear(): void;
}

/** Time between two drawings, so that drawing costs nothing. */
const intervalMs = 100;

const clearLine = '\r\u001b[K';

/**
 * Makes a bar. The first drawing comes after one interval: short runs show none.
 *
 * @param now clock in milliseconds
 */
export function createProgressBar(
  terminal: ProgressTerminal = process.stderr,
  now: () => number = () => performance.now(),
): ProgressBar {
  const startedAt = now();
  let drawnAt = startedAt;
  let isDrawn = false;
  return {
    update(progress) {
      const at = now();
      if (terminal.isTTY !== true || at - drawnAt < intervalMs) return;
      drawnAt = at;
      isDrawn = true;
      terminal.write(clearLine + progressLine(progress, at - startedAt, terminal.columns ?? 80));
    },
    clear() {
      if (isDrawn) terminal.write(clearLine);
      isDrawn = false;
    },
  };
}

const widestBar = 30;

/**
 * `[=====>    ]  52 %  260,000 rows  1.2 M rows/s`; without a bar where the size is not known, and never
 * wider than `columns`.
 */
export function progressLine(
  progress: PredictProgress,
  elapsedMs: number,
  columns: number,
): string {
  const rows = `${progress.rows.toLocaleString('en-US')} rows`;
  const rate = `${Math.round(progress.rows / Math.max(elapsedMs / 1000, 0.001)).toLocaleString('en-US')} rows/s`;
  const text = `${rows}  ${rate}`;
  const { totalBytes } = progress;
  if (totalBytes === null || totalBytes === 0) return text.slice(0, columns - 1);
  const share = Math.min(1, progress.bytesRead / totalBytes);
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const width = Math.min(widestBar, columns - text.length - percent.length - 7);
  const tail = `${percent}  ${text}`;
  if (width < 5) return tail.slice(0, columns - 1);
  const filled = Math.round(share * width);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]  ${tail}`;
}
