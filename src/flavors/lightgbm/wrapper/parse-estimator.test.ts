/** Which estimators are left to Python, and which are damaged. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeInstance } from '../../../pickled/call-global.ts';
import {
  isPickled,
  type PickledInstance,
  type PickledValue,
} from '../../../pickled/pickled-value.ts';
import { readPickledModel } from '../../../pickled/read-pickled-model.ts';
import { parseEstimator } from './parse-estimator.ts';

const folder = path.resolve(import.meta.dirname, '../../../../test/fixtures/lightgbm-estimators');

function readFixture(name: string): PickledInstance {
  const text = gunzipSync(readFileSync(path.join(folder, `${name}.json.gz`))).toString();
  const { file } = JSON.parse(text) as { readonly file: string };
  const value = readPickledModel(Buffer.from(file, 'base64'), 'unknown');
  if (!isPickled(value, 'instance')) throw new Error('not an instance');
  return value;
}

function withAttributes(
  record: PickledInstance,
  changes: Readonly<Record<string, PickledValue>>,
): PickledInstance {
  return { ...record, attributes: new Map([...record.attributes, ...Object.entries(changes)]) };
}

const classifier = readFixture('classifier-str-3');
const dict = (entries: Readonly<Record<string, PickledValue>>): PickledValue => ({
  kind: 'dict',
  className: 'builtins.dict',
  entries: new Map(Object.entries(entries)),
});
const objects = (items: readonly PickledValue[]): PickledValue => ({
  kind: 'objects',
  shape: [items.length],
  items,
});
const encoder = (classes: PickledValue): PickledValue =>
  makeInstance('sklearn.preprocessing._label.LabelEncoder', [], new Map([['classes_', classes]]));

describe('an estimator', () => {
  it('is read with its labels', () => {
    const estimator = parseEstimator(classifier);
    expect(estimator.className).toBe('LGBMClassifier');
    expect(estimator.labels).toMatchObject({ dtype: 'str', values: ['maybe', 'no', 'yes'] });
  });

  it('has the best iteration of its training', () => {
    expect(parseEstimator(classifier).iterationCount).toBe(0);
    expect(parseEstimator(readFixture('classifier-early')).iterationCount).toBeGreaterThan(0);
  });

  it.each<[string, PickledValue, string]>([
    [
      'of a class of your own',
      { ...classifier, className: 'my.LGBMClassifier' },
      'my.LGBMClassifier',
    ],
    ['of Dask', { ...classifier, className: 'lightgbm.dask.DaskLGBMClassifier' }, 'Dask'],
    ['that is none', 'text', 'no object'],
    [
      'with early stopping of predictions',
      withAttributes(classifier, { _other_params: dict({ pred_early_stop: true }) }),
      'pred_early_stop',
    ],
    [
      'whose classes do not fit',
      withAttributes(classifier, { _n_classes: 2n, _objective: 'binary' }),
      'do not fit',
    ],
    [
      'with labels of other kinds',
      withAttributes(classifier, { _le: encoder(objects([dict({}), null, null])) }),
      'class labels',
    ],
    [
      'with a Booster of your own',
      withAttributes(classifier, { _Booster: makeInstance('my.Booster') }),
      'not one of LightGBM',
    ],
  ])('%s is left to Python', (_, record, reason) => {
    expect(() => parseEstimator(record)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_NATIVE' }),
    );
    expect(() => parseEstimator(record)).toThrow(reason);
  });

  it.each<[string, PickledValue, string]>([
    ['that is not fitted', withAttributes(classifier, { _Booster: null }), 'not fitted'],
    [
      'without a number of classes',
      withAttributes(classifier, { _n_classes: null }),
      'number of classes',
    ],
  ])('%s is refused', (_, record, reason) => {
    expect(() => parseEstimator(record)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_INVALID' }),
    );
    expect(() => parseEstimator(record)).toThrow(reason);
  });
});
