/** NumPy's names of dtypes in tensor signatures, normalised. Source: NumPy 2 `np.dtype(name).name`. */
import type { Dtype } from '../data/dtype.ts';

/** A name as NumPy normalises it, and the counterpart here (null: none, as for complex numbers). */
export interface TensorDtype {
  readonly name: string;
  readonly dtype: Dtype | null;
}

/** Normalised name → other spellings. */
const spellings: readonly (readonly [Dtype, string])[] = [
  ['bool', 'bool bool_ bool8 ? b1'],
  ['int8', 'int8 byte i1 b'],
  ['int16', 'int16 short i2 h'],
  ['int32', 'int32 intc i4 i'],
  ['int64', 'int64 int int_ intp long longlong i8 l q p n'],
  ['uint8', 'uint8 ubyte u1 B'],
  ['uint16', 'uint16 ushort u2 H'],
  ['uint32', 'uint32 uintc u4 I'],
  ['uint64', 'uint64 uint uintp ulong ulonglong u8 L Q P N'],
  ['float16', 'float16 half f2 e'],
  ['float32', 'float32 single f4 f'],
  ['float64', 'float64 double float float_ f8 d'],
  ['str', 'str str_ unicode U'],
  ['bytes', 'bytes bytes_ string_ S'],
  ['object', 'object object_ O'],
];

const known: ReadonlyMap<string, Dtype> = new Map(
  spellings.flatMap(([dtype, names]) => names.split(' ').map((name) => [name, dtype])),
);

/** Names that NumPy knows and no vector here holds. */
const foreign =
  /^(complex(64|128|256)|c8|c16|c32|csingle|cdouble|clongdouble|[FDGgmVM]|float128|longdouble|f16|void\d*|V\d+|m8|timedelta64|(timedelta64|m8|datetime64|M8)\[\d*(Y|M|W|D|h|m|s|ms|us|μs|ns|ps|fs|as|generic)\]|datetime64|M8)$/;

/** NumPy's name of `text`; null when NumPy would not know it. `<U3`, `>f8`, `datetime64[ns]`, `float32`… are understood. */
export function parseTensorDtype(text: string): TensorDtype | null {
  const name = text.replace(/^[<>=|]/, '');
  const dtype = known.get(name);
  if (dtype !== undefined) return { name: dtype, dtype };
  if (/^U\d+$/.test(name)) return { name: 'str', dtype: 'str' };
  if (/^S\d+$/.test(name)) return { name: 'bytes', dtype: 'bytes' };
  const unit = /^(?:datetime64|M8)\[1?(ns|us|ms|s|m|h|D)\]$/.exec(name)?.[1];
  if (unit !== undefined) {
    const datetime = `datetime64[${unit}]` as Dtype;
    return { name: datetime, dtype: datetime };
  }
  return foreign.test(name) ? { name, dtype: null } : null;
}
