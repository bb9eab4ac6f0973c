import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, frame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import { ndArray } from '../data/nd-array.ts';
import type { PyValue } from '../data/py-value.ts';
import type { Vector } from '../data/vector.ts';
import { isSlipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import type { Schema, ScalarType, Signature } from '../model/signature.ts';
import { enforceInput, type EnforceOptions } from './enforce-input.ts';

const strict: EnforceOptions = { compat: 'slipway', lenientTypes: false };
const lenient: EnforceOptions = { compat: 'slipway', lenientTypes: true };

type Spec = readonly [name: string, type: ScalarType, required?: boolean];

function columns(...specs: readonly Spec[]): Signature {
  return signatureOf({
    kind: 'columns',
    columns: specs.map(([name, type, required = true]) => ({
      name,
      type: { kind: 'scalar', type },
      required,
    })),
  });
}

function signatureOf(inputs: Schema): Signature {
  return { inputs, outputs: null, params: null, fromTypeHint: false };
}

function table(data: Readonly<Record<string, readonly PyValue[]>>): Frame {
  const entries = Object.entries(data);
  return frame(
    entries.map(([label, values]) => ({ label, data: inferVector(values) })),
    entries[0]?.[1].length,
  );
}

function refusal(data: PyValue, signature: Signature, options = strict): SlipwayError {
  try {
    enforceInput(data, signature, options);
  } catch (error) {
    if (isSlipwayError(error, 'SCHEMA_ENFORCEMENT_FAILED')) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

function firstColumn(data: PyValue): Vector {
  return (data as Frame).columns[0]!.data;
}

describe('enforceInput', () => {
  it('leaves data alone where there is no schema, or a type hint', () => {
    const data = table({ x: ['a'] });
    expect(enforceInput(data, null, strict)).toBe(data);
    const hinted = { ...columns(['x', 'double']), fromTypeHint: true };
    expect(enforceInput(data, hinted, strict)).toBe(data);
  });

  it('returns a frame that fits as it is, copying nothing', () => {
    const data = table({ a: [1.5, 2.5], b: ['x', 'y'] });
    expect(enforceInput(data, columns(['a', 'double'], ['b', 'string']), strict)).toBe(data);
  });

  it('orders columns by the schema, drops extra ones and keeps the index', () => {
    const data = { ...table({ c: [1.5], b: ['x'], a: [2.5] }), index: ['r'] };
    const result = enforceInput(data, columns(['a', 'double'], ['b', 'string']), strict) as Frame;
    expect(result.columns.map(({ label }) => label)).toEqual(['a', 'b']);
    expect(result.columns[0]?.data).toBe(data.columns[2]?.data);
    expect(result.index).toEqual(['r']);
  });

  it('names missing and extra columns', () => {
    const error = refusal(table({ z: [1] }), columns(['a', 'double'], ['b', 'long', false]));
    expect(error.message).toBe(
      'Failed to enforce schema of data \'<DataFrame of 1 rows, columns ["z"]>\' with schema ' +
        "'['a': double (required), 'b': long (optional)]'. " +
        "Error: Model is missing inputs ['a']. Note that there were extra inputs: ['z'].",
    );
    expect(error.details).toEqual({ missing: ['a'], extra: ['z'] });
    expect(error.definition.schemaEnforcement).toBe(true);
  });

  it('names extra columns that are called by numbers of any kind', () => {
    const data = inferVector([1n]);
    const given = frame([2, 1.5, Number.NaN].map((label) => ({ label, data })));
    expect(refusal(given, columns(['a', 'long'])).message).toContain(
      "Model is missing inputs ['a']. Note that there were extra inputs: [2, 1.5, nan].",
    );
  });

  it('refuses a column whose name is only the first part of a label', () => {
    const data = frame([{ label: ['a'], data: inferVector([1]) }]);
    expect(refusal(data, columns(['a', 'double', false])).message).toContain("attribute 'dtype'");
  });

  it('finds no column for an empty name', () => {
    const given = table({ a: ['x'], '': [1] });
    expect(refusal(given, columns(['a', 'string'], ['', 'long', false])).message).toContain(
      'Error: 1',
    );
  });

  it('refuses half of a surrogate pair in the frame that it makes of a dict', () => {
    const data = new Map([['a', ndArray({ dtype: 'str', values: ['\ud83d'] })]]);
    expect(refusal(data, columns(['a', 'string'])).message).toContain('surrogate');
  });

  // What MLflow 3.17.2 makes of them when a Parquet file says so.
  it.each<readonly [string, Vector, ScalarType, string | null]>([
    ['Int64', inferVector([1n, 0n]), 'long', 'int64'],
    ['Int64', inferVector([1n, 0n]), 'double', null],
    ['Int64', inferVector([1n, null]), 'double', null],
    ['Int32', inferVector([1n, null]), 'double', 'float64'],
    ['Float64', inferVector([1.5, null]), 'double', 'float64'],
    ['boolean', inferVector([true]), 'boolean', 'bool'],
    ['boolean', inferVector([true, null]), 'boolean', null],
    ['boolean', inferVector([true, null]), 'double', null],
    ['category', inferVector(['a']), 'string', null],
    ['string', inferVector(['a']), 'string', 'str'],
  ])('takes pandas %s only as MLflow does (%o as %s)', (extension, data, type, dtype) => {
    const given = frame([{ label: 'a', data, extension }]);
    if (dtype === null) {
      expect(refusal(given, columns(['a', type])).message).toContain(`convert ${extension} to`);
      return;
    }
    const result = enforceInput(given, columns(['a', type]), strict) as Frame;
    expect(result.columns).toEqual([{ label: 'a', data: expect.objectContaining({ dtype }) }]);
  });

  it('names row, column, value and expected type', () => {
    const error = refusal(table({ n: [1.0, 2.5] }), columns(['n', 'long']));
    expect(error.message).toContain(
      'Incompatible input types for column n. Can not safely convert float64 to int64.',
    );
    expect(error.details).toEqual({ column: 'n', row: 1, value: '2.5', expectedType: 'long' });
  });

  it('loses the rows where no optional column is present, unless types are lenient', () => {
    const data = table({ z: [1, 2] });
    const optional = columns(['a', 'double', false]);
    expect((enforceInput(data, optional, strict) as Frame).rowCount).toBe(0);
    expect((enforceInput(data, optional, lenient) as Frame).rowCount).toBe(2);
  });

  it('hides data and schema when asked to', () => {
    const error = refusal(table({ secret: [1] }), columns(['a', 'double']), {
      ...strict,
      hideDetails: true,
    });
    expect(error.message).toBe(
      'Failed to enforce model input schema. Please check your input data.',
    );
    expect(error.details).toEqual({});
  });

  it('keeps messages short', () => {
    const data = new Map([['x', 'y'.repeat(1_000_000)]]);
    expect(refusal(data, columns(['x', 'double'])).message.length).toBeLessThan(2000);
  });

  it('makes one row of a dict of scalars', () => {
    const result = enforceInput(new Map([['x', 1.5]]), columns(['x', 'double']), strict) as Frame;
    expect(result.rowCount).toBe(1);
    expect(firstColumn(result)).toEqual({ dtype: 'float64', values: Float64Array.of(1.5) });
  });
});

describe('lenient types', () => {
  it.each<readonly [string, readonly PyValue[], ScalarType, boolean, string]>([
    ['whole floats for a long', [1, 2], 'long', true, 'int64'],
    ['ints for a double', [5n, 2n ** 53n], 'double', true, 'float64'],
    ['ints for an integer', [5n], 'integer', true, 'int32'],
    ['exact floats for a float', [0.5, Number.NaN], 'float', true, 'float32'],
    ['nulls for a float', [null], 'float', true, 'float32'],
    ['gaps in an optional long', [1, Number.NaN], 'long', false, 'float64'],
  ])('accept %s', (_, values, type, required, dtype) => {
    const signature = columns(['x', type, required]);
    expect(() => enforceInput(table({ x: values }), signature, strict)).toThrow();
    expect(firstColumn(enforceInput(table({ x: values }), signature, lenient)).dtype).toBe(dtype);
  });

  it.each<readonly [string, readonly PyValue[], ScalarType]>([
    ['a fraction for a long', [1.5], 'long'],
    ['2^53 + 1 for a double', [2n ** 53n + 1n], 'double'],
    ['2^31 for an integer', [2n ** 31n], 'integer'],
    ['0.1 for a float', [0.1], 'float'],
    ['a gap in a required long', [1, Number.NaN], 'long'],
    ['a boolean for a long', [true], 'long'],
    ['a string for a double', ['1'], 'double'],
  ])('refuse %s', (_, values, type) => {
    expect(() => enforceInput(table({ x: values }), columns(['x', type]), lenient)).toThrow();
  });

  it('never change a number', () => {
    const values = fc.array(
      fc.oneof(fc.double(), fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n })),
      {
        minLength: 1,
      },
    );
    const type = fc.constantFrom<ScalarType>('integer', 'long', 'float', 'double');
    fc.assert(
      fc.property(values, type, (numbers, scalar) => {
        const data = table({ x: numbers });
        if (firstColumn(data).dtype === 'object') return;
        const before = Array.from(firstColumn(data).values as ArrayLike<number | bigint>);
        try {
          const after = firstColumn(enforceInput(data, columns(['x', scalar]), lenient)).values;
          before.forEach((value, row) => {
            // eslint-disable-next-line eqeqeq -- 1n == 1
            expect(value == after[row] || Number.isNaN(value)).toBe(true);
          });
        } catch (error) {
          if (!isSlipwayError(error)) throw error;
        }
      }),
    );
  });
});

describe('tensors', () => {
  const matrix: Schema = {
    kind: 'tensors',
    tensors: [{ dtype: 'float32', dtypeName: 'float32', shape: [-1, 2] }],
  };
  const named: Schema = {
    kind: 'tensors',
    tensors: [{ name: 't', dtype: 'float64', dtypeName: 'float64', shape: [-1] }],
  };

  it('pass where shape and dtype are right', () => {
    const array = ndArray({ dtype: 'float32', values: new Float32Array(4) }, [2, 2]);
    expect(enforceInput(array, signatureOf(matrix), strict)).toBe(array);
  });

  it('are refused with both shapes', () => {
    const array = ndArray({ dtype: 'float32', values: new Float32Array(3) }, [1, 3]);
    expect(refusal(array, signatureOf(matrix)).message).toContain(
      'Shape of input (1, 3) does not match expected shape (-1, 2).',
    );
  });

  it('wrap an array for the only name', () => {
    const array = ndArray({ dtype: 'float64', values: new Float64Array(3) });
    expect(enforceInput(array, signatureOf(named), strict)).toEqual(new Map([['t', array]]));
  });

  it('are laid out from the columns of a frame', () => {
    const data = frame([
      { label: 'a', data: { dtype: 'float32', values: Float32Array.of(1, 3) } },
      { label: 'b', data: { dtype: 'float32', values: Float32Array.of(2, 4) } },
    ]);
    expect(enforceInput(data, signatureOf(matrix), strict)).toEqual(
      ndArray({ dtype: 'float32', values: Float32Array.of(1, 2, 3, 4) }, [2, 2]),
    );
  });

  it('are not made of columns of extension dtypes, which have none in common in NumPy', () => {
    const data: Vector = { dtype: 'float32', values: Float32Array.of(1) };
    const given = frame([
      { label: 'a', data, extension: 'Float32' },
      { label: 'b', data },
    ]);
    expect(refusal(given, signatureOf(matrix)).message).toContain('dtype of input object');
  });
});

describe('any data for any schema', () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.bigInt(),
    fc.string(),
  ) as fc.Arbitrary<PyValue>;
  const { value } = fc.letrec<{ value: PyValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.constantFrom('x', 'y', 'p'), tie('value')), { maxLength: 3 })
        .map((entries): PyValue => new Map(entries)),
    ),
  }));
  const scalar = fc.constantFrom<ScalarType>(
    'boolean',
    'integer',
    'long',
    'float',
    'double',
    'string',
    'binary',
    'datetime',
  );

  it('gives a frame or a catalogue error', () => {
    fc.assert(
      fc.property(value, scalar, fc.boolean(), (data, type, nested) => {
        const item = { kind: 'scalar', type } as const;
        const columnType = nested ? ({ kind: 'array', items: item } as const) : item;
        const inputs: Schema = {
          kind: 'columns',
          columns: [{ name: 'x', type: columnType, required: true }],
        };
        try {
          expect(enforceInput(data, signatureOf(inputs), strict)).toHaveProperty('kind', 'frame');
        } catch (error) {
          if (!isSlipwayError(error, 'SCHEMA_ENFORCEMENT_FAILED')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
