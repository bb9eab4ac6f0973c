/** The native flavors there are: the only file that names them. */
import type { FlavorReader } from '../contract/flavor-reader.ts';
import { catboostReader } from './catboost/index.ts';
import { lightgbmReader } from './lightgbm/index.ts';
import { onnxReader } from './onnx/index.ts';
import { xgboostReader } from './xgboost/index.ts';

/** Every native reader; order does not matter, since a model's loader module names its flavor. */
export const flavorReaders: readonly FlavorReader[] = [
  catboostReader,
  lightgbmReader,
  onnxReader,
  xgboostReader,
];
