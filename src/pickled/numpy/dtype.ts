/** NumPy's dtypes by their text (`<f8`) and by the parts of an `.npy` header. */
import type { PickledDtype, PickledField } from '../pickled-value.ts';

const pattern = /^([<>=|])?([biufcmMSUVO])(\d{0,9})(?:\[(.{1,20})\])?$/;
const unicodeBytes = 4;

/** Sizes that NumPy knows of kinds whose size is not free. */
const sizes: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 12, 16],
  c: [8, 16, 24, 32],
  m: [8],
  M: [8],
  O: [8],
};

/** Reads `<f8`, `|S3`, `M8[ns]`, `O`; undefined for anything else. */
export function parseDtypeText(text: string): PickledDtype | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const code = match[2] as PickledDtype['code'];
  const number = match[3] === '' ? (code === 'O' ? 8 : 0) : Number(match[3]);
  if (sizes[code]?.includes(number) === false) return undefined;
  const dtype = {
    kind: 'dtype' as const,
    code,
    itemSizeBytes: code === 'U' ? number * unicodeBytes : number,
    bigEndian: match[1] === '>',
  };
  const unit = match[4];
  return unit === undefined || unit === 'generic' ? dtype : { ...dtype, unit };
}

/** A structured dtype of `fields`. */
export function structuredDtype(
  fields: ReadonlyMap<string, PickledField>,
  itemSizeBytes: number,
): PickledDtype {
  return { kind: 'dtype', code: 'V', itemSizeBytes, bigEndian: false, fields };
}

/** A dtype whose elements are arrays themselves. */
export function subarrayDtype(dtype: PickledDtype, shape: readonly number[]): PickledDtype {
  const itemSizeBytes = dtype.itemSizeBytes * elementCount(shape);
  return { kind: 'dtype', code: 'V', itemSizeBytes, bigEndian: false, subarray: { dtype, shape } };
}

/** True if some element of it is a Python object. */
export function holdsObjects(dtype: PickledDtype): boolean {
  if (dtype.subarray !== undefined) return holdsObjects(dtype.subarray.dtype);
  if (dtype.fields === undefined) return dtype.code === 'O';
  return [...dtype.fields.values()].some((field) => holdsObjects(field.dtype));
}

/** Product of a shape; infinite or imprecise beyond 2⁵³. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
