/** Element types, frames, maps, optional inputs, shapes, options and converted estimators, against MLflow and onnxruntime. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayOnnx } from './onnx-recording.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_ONNX_RECORDINGS'] ?? path.resolve(import.meta.dirname, '../fixtures/onnx');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('recorded ONNX models', () => {
  it.each(names)('%s', async (name) => {
    expect(await replayOnnx(path.join(folder, name))).toEqual([]);
  });
});
