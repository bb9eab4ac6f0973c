/** NumPy's `.npy` files without objects. Source: NumPy 2.4 numpy/lib/_format_impl.py. */
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import type { PickledArray, PickledDtype, PickledField } from '../pickled-value.ts';
import { type ArraySource, checkShape, decodeArray } from './decode-array.ts';
import { elementCount, parseDtypeText, structuredDtype, subarrayDtype } from './dtype.ts';
import { type Literal, parsePythonLiteral } from './parse-python-literal.ts';

const magic = '\u0093NUMPY';
/** NumPy refuses longer headers unless it is told to trust the file. */
const headerLimit = 10_000;

/** Reads a file. @throws MODEL_FILE_INVALID */
export function readNpy(bytes: Uint8Array, where: string, budget: Budget): PickledArray {
  return decodeArray(readNpyHeader(bytes, where), budget);
}

/** Reads the header; `bytes` of the result are the data. @throws MODEL_FILE_INVALID */
export function readNpyHeader(file: Uint8Array, where: string): ArraySource {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const major = bytes[6] ?? 0;
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== magic || major < 1 || major > 3) {
    throw invalidFile('it is not an .npy file', where);
  }
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > headerLimit || start + length > bytes.length) {
    throw invalidFile('the header of an .npy file is too long', where);
  }
  const text = bytes.toString(major === 3 ? 'utf8' : 'latin1', start, start + length);
  return {
    ...readHeader(parsePythonLiteral(text, where), where),
    bytes: bytes.subarray(start + length),
    where,
  };
}

function readHeader(
  header: Literal,
  where: string,
): Pick<ArraySource, 'dtype' | 'shape' | 'fortranOrder'> {
  const fields = header instanceof Map ? header : new Map<Literal, Literal>();
  const fortranOrder = fields.get('fortran_order');
  const shape = readShape(fields.get('shape'), where);
  const descr = fields.get('descr');
  if (typeof fortranOrder !== 'boolean' || descr === undefined) throw badHeader(where);
  return { dtype: readDescr(descr, where), shape, fortranOrder };
}

function readShape(value: Literal | undefined, where: string): readonly number[] {
  if (!Array.isArray(value)) throw badHeader(where);
  const shape = value.map((extent) => (typeof extent === 'bigint' ? Number(extent) : -1));
  checkShape(shape, where);
  return shape;
}

function readDescr(descr: Literal, where: string): PickledDtype {
  if (Array.isArray(descr)) return readFields(descr, where);
  const dtype = typeof descr === 'string' ? parseDtypeText(descr) : undefined;
  if (dtype === undefined) throw invalidFile('a dtype that NumPy does not have', where);
  return dtype;
}

/** A list of (name, descr) or (name, descr, shape); fields without a name are padding. */
function readFields(items: readonly Literal[], where: string): PickledDtype {
  const fields = new Map<string, PickledField>();
  let offsetBytes = 0;
  for (const item of items) {
    const [label, descr, shape] = Array.isArray(item) ? item : [];
    const name: Literal | undefined = Array.isArray(label) ? label[1] : label;
    if (typeof name !== 'string' || descr === undefined) throw badHeader(where);
    const element = readDescr(descr, where);
    const dtype = shape === undefined ? element : subarray(element, readShape(shape, where), where);
    if (name !== '') fields.set(name, { dtype, offsetBytes });
    offsetBytes += dtype.itemSizeBytes;
  }
  return structuredDtype(fields, offsetBytes);
}

function subarray(dtype: PickledDtype, shape: readonly number[], where: string): PickledDtype {
  if (!Number.isSafeInteger(dtype.itemSizeBytes * elementCount(shape))) throw badHeader(where);
  return subarrayDtype(dtype, shape);
}

function badHeader(where: string): Error {
  return invalidFile('the header of an .npy file is damaged', where);
}
