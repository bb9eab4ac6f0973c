/** What the flavor supports, as data: formats, classes, tree shapes, losses and kinds of features. */
import type { SupportRow } from '../../contract/flavor-reader.ts';

/** Largest relative difference of answers that CatBoost computes with its own exponential. */
export const exponentialTolerance: number = 1e-15;

const exponential = `exact where CatBoost runs on a processor with AVX2 and FMA, else ${exponentialTolerance} relative`;
const asRaw = 'exact; raw values';

/** Losses, and what CatBoostRegressor, CatBoostClassifier or CatBoostRanker answer. */
const losses: Readonly<Record<string, string>> = {
  RMSE: asRaw,
  MAE: asRaw,
  'Quantile, MultiQuantile': asRaw,
  LogLinQuantile: asRaw,
  MAPE: asRaw,
  'Huber, Expectile, Lq, LogCosh, RMSPE': asRaw,
  'SurvivalAft, Cox': asRaw,
  'MultiRMSE, MultiRMSEWithMissingValues': 'exact; raw values, one column a target',
  'Poisson, Tweedie': exponential,
  RMSEWithUncertainty: exponential,
  'Logloss, CrossEntropy, Focal': 'exact; class labels',
  'MultiClass, MultiClassOneVsAll': 'exact; class labels, one column',
  'MultiLogloss, MultiCrossEntropy': 'exact; 0 or 1 a label',
  'YetiRank, PairLogit, QueryRMSE, QuerySoftMax and other rankings': asRaw,
};

/** What the reader supports, for the documentation. */
export const support: readonly SupportRow[] = [
  {
    area: 'version',
    name: 'CatBoost 1.2.0, 1.2.10',
    native: true,
    note: 'files of these were tried',
  },
  { area: 'format', name: 'cbm', native: true, note: 'exact' },
  {
    area: 'format',
    name: 'json',
    native: true,
    note: "exact; decimals are read as CatBoost's own reader does",
  },
  {
    area: 'format',
    name: 'onnx, coreml',
    native: false,
    note: 'CatBoost turns them back into trees when it loads them',
  },
  ...['CatBoost', 'CatBoostClassifier', 'CatBoostRegressor', 'CatBoostRanker'].map((name) => ({
    area: 'class',
    name,
    native: true,
    note: name === 'CatBoost' ? 'raw values, whatever the loss' : 'exact',
  })),
  ...['SymmetricTree', 'Depthwise', 'Lossguide'].map((name) => ({
    area: 'booster',
    name,
    native: true,
    note: 'exact',
  })),
  ...Object.entries(losses).map(([name, note]) => ({ area: 'loss', name, native: true, note })),
  ...['numeric, with missing values', 'categorical: one-hot', 'categorical: target statistics'].map(
    (name) => ({ area: 'feature', name, native: true, note: 'exact' }),
  ),
  ...['text', 'embedding'].map((name) => ({
    area: 'feature',
    name,
    native: false,
    note: `${name} features are computed by CatBoost's own calcers`,
  })),
];
