/** Objects of many kinds, as pickle, cloudpickle, joblib and skops write them: each file read to the same records. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPickledModel } from '../../src/pickled/read-pickled-model.ts';
import { describePickled } from './describe-pickled.ts';

/** Another folder of recordings, for a larger run by hand. */
const folder =
  process.env['SLIPWAY_PICKLED_RECORDINGS'] ??
  path.resolve(import.meta.dirname, '../fixtures/pickled');

interface Recording {
  readonly files: Readonly<Record<string, string>>;
  readonly expected: unknown;
}

describe('recorded Python objects', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.gz')))('%s', (name) => {
    const packed = readFileSync(path.join(folder, name));
    const recording = JSON.parse(gunzipSync(packed).toString()) as Recording;
    for (const [writer, file] of Object.entries(recording.files)) {
      const value = readPickledModel(Buffer.from(file, 'base64'), 'unknown');
      expect(describePickled(value), writer).toEqual(recording.expected);
    }
  });
});
