/** What a model is given over our own parser is what MLflow gives it: dtypes, labels, blocks, memory order, cells. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scorer } from '../../contract/scorer.ts';
import type { PyValue } from '../../data/py-value.ts';
import { decodeRequest } from '../../payload/decode-request.ts';
import { enforceInput } from '../../schema/enforce-input.ts';
import { enforceParams } from '../../schema/enforce-params.ts';
import {
  referenceEnvironment,
  referencePython,
} from '../../../test/conformance/reference-python.ts';
import {
  type ProbeModel,
  type ProbeOptions,
  writeProbeModel,
} from '../../../test/python/probe-model.ts';
import { createPythonRuntime } from './index.ts';

const never = new AbortController().signal;
const options = { compat: 'slipway', lenientTypes: false } as const;

const numbers = ['double', 'double', 'double'].map((type, at) => ({
  name: `x${at}`,
  type,
  required: true,
}));
const mixed = [
  'double',
  'string',
  'long',
  'boolean',
  'datetime',
  'integer',
  'float',
  'binary',
  'double',
].map((type, at) => ({ name: `${type}${at}`, type, required: at < 7 }));
const names = JSON.stringify(mixed.map(({ name }) => name));
const row = '[1.5, "é😀", 7, true, "2020-01-02T03:04:05", -3, 0.1, "aGk=", 2]';
const tensor = (dtype: string, shape: readonly number[], name?: string): object => ({
  type: 'tensor',
  ...(name !== undefined && { name }),
  'tensor-spec': { dtype, shape },
});

interface Table {
  readonly title: string;
  readonly model: ProbeOptions;
  readonly bodies: readonly string[];
  readonly contentType?: 'json' | 'csv';
}

const tables: readonly Table[] = [
  {
    title: 'columns of one dtype',
    model: { inputs: numbers },
    bodies: [
      '{"dataframe_split": {"columns": ["x0", "x1", "x2"], "data": [[1, 2.5, null]]}}',
      '{"dataframe_split": {"columns": ["x2", "x1", "x0"], "data": [[1, 2, 3], [4, 5, 6]]}}',
      '{"dataframe_split": {"columns": ["x0", "x1", "x2"], "index": ["a", "b"], "data": [[1, 2, 3], [4, 5, 6]]}}',
      '{"dataframe_split": {"columns": ["x0", "x1", "x2"], "index": [5, 3], "data": [[1, 2, 3], [4, 5, 6]]}}',
      '{"dataframe_records": [{"x0": 1, "x1": 2, "x2": 3, "more": 4}]}',
      '{"inputs": {"x0": [1.0, 2.0], "x1": [3.0, 4.0], "x2": [5.0, 6.0]}}',
    ],
  },
  {
    title: 'csv',
    model: { inputs: numbers },
    contentType: 'csv',
    bodies: ['x0,x1,x2\n1,2,3\n4,,6\n', 'x0,x1,x2,y\n1,2,3,a\n'],
  },
  {
    title: 'columns of every type',
    model: { inputs: mixed },
    bodies: [
      `{"dataframe_split": {"columns": ${names}, "data": [${row}, ${row}, ${row}]}}`,
      `{"dataframe_split": {"columns": ${JSON.stringify(mixed.slice(0, 7).map(({ name }) => name))}, "data": [${row.split(',').slice(0, 7).join(',')}]]}}`,
      `{"dataframe_split": {"columns": ${names}, "data": [${row.replace('"é😀"', 'null')}]}}`,
      `{"dataframe_split": {"columns": ${names}, "data": [${row.replace('"é😀"', '5')}]}}`,
      `{"dataframe_split": {"columns": ${names}, "data": [${row}, ${row.replace('"é😀"', 'null')}]}}`,
    ],
  },
  {
    title: 'labels that are no names',
    model: { inputs: [{ type: 'double' }, { type: 'long' }, { type: 'string' }] },
    bodies: [
      '{"dataframe_split": {"data": [[1, 2, "a"], [3, 4, "b"]]}}',
      '{"dataframe_split": {"columns": ["p", "q", "r"], "data": [[1, 2, "a"]]}}',
      '{"dataframe_split": {"columns": [7, 8, 9, 10], "data": [[1, 2, "a", 4]]}}',
    ],
  },
  {
    title: 'params',
    model: {
      inputs: numbers.slice(0, 1),
      params: [
        { name: 'd', type: 'double', default: 1.0, shape: null },
        { name: 'i', type: 'long', default: 2, shape: null },
        { name: 't', type: 'datetime', default: '2020-01-01', shape: null },
        { name: 's', type: 'string', default: 'é', shape: null },
        { name: 'l', type: 'double', default: [1.5, 2.0], shape: [-1] },
      ],
    },
    bodies: [
      '{"dataframe_split": {"columns": ["x0"], "data": [[1]]}}',
      '{"dataframe_split": {"columns": ["x0"], "data": [[1]]}, "params": {"d": 3, "i": 123456789012345678901234567890, "t": "2021-02-03T04:05:06", "l": [1, 2.5]}}',
      '{"dataframe_split": {"columns": ["x0"], "data": [[1]]}, "params": {"t": "9999-12-31"}}',
      '{"dataframe_split": {"columns": ["x0"], "data": [[1]]}, "params": {"t": "0001-01-01T10:00:00.5"}}',
      '{"dataframe_split": {"columns": ["x0"], "data": [[1]]}, "params": {"d": NaN, "t": null, "s": "\\ud800", "unknown": 1}}',
    ],
  },
  {
    title: 'an array',
    model: { inputs: [tensor('float32', [-1, 2])] },
    bodies: ['{"inputs": [[1, 2], [3, 4]]}', '{"instances": [[0.1, 2]]}'],
  },
  {
    title: 'arrays by name',
    model: {
      inputs: [
        tensor('int64', [-1, 2], 'a'),
        tensor('str', [-1], 'b'),
        tensor('float16', [-1], 'c'),
        tensor('bool', [-1], 'd'),
      ],
    },
    bodies: ['{"inputs": {"a": [[1, 2]], "b": ["x", "yé"], "c": [0.1], "d": [true]}}'],
  },
];

describe.skipIf(referencePython === null)('input of a model (needs the reference Python)', () => {
  describe.each(tables)('$title', ({ model: probe, bodies, contentType = 'json' }) => {
    let saved: ProbeModel;
    let scorer: Scorer;
    beforeAll(async () => {
      saved = await writeProbeModel(probe);
      scorer = await createPythonRuntime().open(saved.model, referenceEnvironment(), {
        threads: 1,
      });
    }, 60_000);
    afterAll(async () => {
      await scorer.close();
      saved.remove();
    });

    it.each(bodies)('%s', async (body) => {
      const { signature } = saved.model;
      const bytes = Buffer.from(body);
      const type = contentType === 'csv' ? 'text/csv' : 'application/json';
      const decoded = await decodeRequest(bytes, type, signature, options);
      const input = enforceInput(decoded.data, signature, options);
      const params = enforceParams(decoded.params, signature?.params ?? null, options);
      const ours = await scorer.predict(input, params, never);
      const theirs = await scorer.raw!.predict({ body: bytes, contentType }, never);
      expect(plain(ours)).toEqual(plain(theirs.prediction));
    });
  });
});

/** Maps as objects, for a readable difference. */
function plain(value: PyValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    Array.from(value as ReadonlyMap<string, PyValue>, ([k, v]) => [k, plain(v)]),
  );
}
