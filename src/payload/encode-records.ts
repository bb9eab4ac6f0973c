/** Frames → JSON records. Source: pandas 3.1 DataFrame.to_dict(orient="records"), then json.dumps. */
import type { ColumnLabel, Frame } from '../data/frame.ts';
import type { PyDatetime, PyValue } from '../data/py-value.ts';
import { isDatetimeVector, nanosecondsPer } from '../data/vector-values.ts';
import { NOT_A_TIME } from '../data/dtype.ts';
import type { Vector } from '../data/vector.ts';
import { type EncodeOptions, encodeFloat, encodeValue, unencodable } from './encode-value.ts';
import { encodeBytes, encodeString, isoTimestamp } from './encode-text.ts';

/**
 * `{"a": 1, "b": 2.0}, …` for all rows, without brackets around it. Labels are strings; of columns with
 * the same label the last wins, at the first one's place; the index is dropped.
 *
 * @throws UNENCODABLE_RESULT for labels that are lists (MultiIndex)
 */
export function encodeRecords(frame: Frame, options: EncodeOptions): string {
  if (frame.rowCount === 0) return '';
  const fields = fieldsOf(frame);
  const records: string[] = [];
  for (let row = 0; row < frame.rowCount; row++) {
    let record = '{';
    for (const { prefix, data } of fields) record += prefix + encodeCell(data, row, options);
    records.push(`${record}}`);
  }
  return records.join(', ');
}

interface Field {
  /** Separator, label and colon. */
  readonly prefix: string;
  readonly data: Vector;
}

function fieldsOf(frame: Frame): Field[] {
  const byLabel = new Map<ColumnLabel, Vector>();
  for (const { label, data } of frame.columns) byLabel.set(label, data);
  return Array.from(byLabel, ([label, data], index) => ({
    prefix: `${index === 0 ? '' : ', '}${encodeLabel(label)}: `,
    data,
  }));
}

function encodeLabel(label: ColumnLabel): string {
  if (typeof label === 'object') throw unencodable('its column labels are tuples');
  return encodeString(String(label));
}

function encodeCell(vector: Vector, row: number, options: EncodeOptions): string {
  if (isDatetimeVector(vector)) {
    const ticks = vector.values[row]!;
    const nanoseconds = ticks === NOT_A_TIME ? ticks : ticks * nanosecondsPer(vector.dtype);
    return `"${isoTimestamp(nanoseconds, vector.timeZone)}"`;
  }
  switch (vector.dtype) {
    case 'float16':
    case 'float32':
    case 'float64':
      return encodeFloat(vector.values[row]!, options);
    case 'bool':
      return vector.values[row] === 0 ? 'false' : 'true';
    case 'str': {
      const text = vector.values[row];
      return text === null || text === undefined ? encodeFloat(NaN, options) : encodeString(text);
    }
    case 'bytes':
      return encodeBytes(vector.values[row]!);
    case 'object':
      return encodeObject(vector.values[row]!, options);
    default:
      return String(vector.values[row]);
  }
}

/** A datetime in an object column is a Timestamp, whose isoformat is written. */
function encodeObject(value: PyValue, options: EncodeOptions): string {
  if (!isDatetime(value)) return encodeValue(value, options);
  return `"${isoTimestamp(value.nanoseconds)}"`;
}

function isDatetime(value: PyValue): value is PyDatetime {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'datetime'
  );
}
