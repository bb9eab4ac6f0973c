/** Pickles of protocols 0 to 5, as pickle, cloudpickle and joblib write them. Source: CPython 3.13 Lib/pickle.py, pickletools.py. */
import { Budget } from '../budget.ts';
import type { PickledValue } from '../pickled-value.ts';
import { ByteReader } from './byte-reader.ts';
import { runPickle } from './run-pickle.ts';

/** Reads a file into records; what follows its STOP is ignored, as Python does. @throws MODEL_FILE_INVALID */
export function readPickle(bytes: Uint8Array): PickledValue {
  return runPickle(new ByteReader(bytes), new Budget(bytes.length), 0);
}
