/**
 * Enforces a schema of columns on a frame. Source: MLflow 3.17.2 models/utils.py `_enforce_named_col_schema`,
 * `_enforce_unnamed_col_schema`.
 */
import { type Column, type Frame, frame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import type { Vector } from '../data/vector.ts';
import { vectorValues } from '../data/vector-values.ts';
import type { SlipwayError } from '../errors/slipway-error.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import { type ColumnSpec, inputNames, isNamedSchema, type Schema } from '../model/signature.ts';
import { castColumn } from './cast-column.ts';
import { checkExtension } from './check-extension.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { enforceValue } from './enforce-value.ts';
import { fitsAlready } from './fits-already.ts';
import { checkNames } from './match-names.ts';
import { schemaMismatch } from './schema-mismatch.ts';

type ColumnSchema = Extract<Schema, { kind: 'columns' }>;

/**
 * Casts and orders the columns as the schema has them; extra ones are dropped. Data that fits already, in the same
 * order, is returned as it is, at a cost per column, not per row.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function enforceColumns(data: Frame, schema: ColumnSchema, options: EnforceOptions): Frame {
  if (fitsAlready(data, schema)) return data;
  return isNamedSchema(schema)
    ? enforceNamed(data, schema, options)
    : enforceUnnamed(data, schema, options);
}

function enforceNamed(data: Frame, schema: ColumnSchema, options: EnforceOptions): Frame {
  const names = inputNames(schema);
  const namesFit =
    names.length === data.columns.length &&
    names.every((name, position) => data.columns[position]?.label === name);
  const columns =
    namesFit && new Set(names).size === names.length ? data.columns : pick(data, schema, names);
  const specs = new Map(
    names.map((name, position) => [name as unknown, schema.columns[position]!]),
  );
  const enforced = columns.map((column) =>
    enforceColumn(column, specs.get(column.label)!, options),
  );
  return rebuild(data, enforced, options);
}

/** Columns of the schema that the data has, in the order of the schema. */
function pick(
  data: Frame,
  schema: ColumnSchema,
  names: readonly (string | number)[],
): readonly Column[] {
  checkNames(
    {
      required: names.filter((_, position) => schema.columns[position]?.required),
      optional: names.filter((_, position) => !schema.columns[position]?.required),
    },
    data.columns.map(({ label }) => label),
  );
  // A column with an empty name goes by its position, under which MLflow then finds no column.
  const nameless = schema.columns.findIndex(({ name }) => name === '');
  if (nameless >= 0) throw schemaMismatch(String(nameless));
  return Array.from(new Set(names)).flatMap((name) => {
    const found = data.columns.filter(({ label }) => label === name);
    if (found.length > 1 || (found.length === 0 && isOuterLabel(data, name))) {
      throw duplicateColumn(name);
    }
    return found;
  });
}

/** In a MultiIndex the first part of a label stands for all columns below it. */
function isOuterLabel(data: Frame, name: string | number): boolean {
  return data.columns.some(({ label }) => typeof label === 'object' && label[0] === name);
}

/** Only the number of columns counts; the labels of the data stay. */
function enforceUnnamed(data: Frame, schema: ColumnSchema, options: EnforceOptions): Frame {
  const count = schema.columns.length;
  if (data.columns.length < count) {
    throw schemaMismatch(
      `Model inference is missing inputs. The model signature declares ${count} inputs  but the provided value only has ` +
        `${data.columns.length} inputs. Note: the inputs were not named in the signature so we can only verify their count.`,
    );
  }
  const columns = data.columns.length === count ? data.columns : data.columns.slice(0, count);
  const labels = new Set(data.columns.map(({ label }) => label));
  if (labels.size < data.columns.length) checkDistinct(data, columns);
  const enforced = columns.map((column, position) =>
    enforceColumn(column, { ...schema.columns[position]!, required: true }, options),
  );
  return rebuild(data, enforced, options);
}

function checkDistinct(data: Frame, columns: readonly Column[]): void {
  for (const { label } of columns) {
    if (data.columns.filter((column) => column.label === label).length > 1) {
      throw duplicateColumn(String(label));
    }
  }
}

function duplicateColumn(column: string | number): SlipwayError {
  return schemaMismatch(
    `'DataFrame' object has no attribute 'dtype': several input columns are named '${column}'`,
    { column },
  );
}

/** The same frame when nothing changed. Without columns the number of rows is lost, as in pandas. */
function rebuild(data: Frame, columns: readonly Column[], options: EnforceOptions): Frame {
  const isSame =
    columns.length === data.columns.length &&
    columns.every((column, position) => column === data.columns[position]);
  if (isSame && columns.length > 0) return data;
  if (columns.length === 0 && !options.lenientTypes) return frame([], 0);
  return frame(columns, data.rowCount, data.index);
}

function enforceColumn(column: Column, spec: ColumnSpec, options: EnforceOptions): Column {
  const label = typeof column.label === 'object' ? JSON.stringify(column.label) : column.label;
  const { lenientTypes } = options;
  if (column.extension !== undefined) checkExtension(column, spec.type, label);
  const data =
    spec.type.kind === 'scalar'
      ? castColumn(column.data, spec.type.type, {
          column: label,
          lenientTypes,
          required: spec.required,
        })
      : enforceCells(column.data, spec, label, options);
  const isSame = data === column.data && column.extension === undefined;
  return isSame ? column : { label: column.label, data };
}

function enforceCells(
  data: Vector,
  spec: ColumnSpec,
  column: string | number,
  options: EnforceOptions,
): Vector {
  const need = spec.required ? 'required' : 'optional';
  const cells = vectorValues(data).map((cell, row) => {
    try {
      return enforceValue(cell, spec.type, need, options);
    } catch (error) {
      throw isSlipwayError(error) ? locate(error, column, row) : error;
    }
  });
  return inferVector(cells);
}

/** The same error, saying where the cell stands. */
function locate(error: SlipwayError, column: string | number, row: number): SlipwayError {
  const message = `${error.message} (row ${row}, column ${column})`;
  return schemaMismatch(message, { ...error.details, column, row }, error);
}
