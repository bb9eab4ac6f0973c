import { invalidModelFile } from './model-error.ts';

/** Borders ascend and none is NaN. @throws MODEL_FILE_INVALID */
export function checkBorders(borders: Float32Array): void {
  for (let i = 0; i < borders.length; i += 1) {
    const before = i === 0 ? -Infinity : (borders[i - 1] as number);
    if (!(before <= (borders[i] as number))) throw invalidModelFile('borders do not ascend');
  }
}
