/** What the LightGBM reader scores natively, how exactly, and what it leaves to Python. */
import type { SupportRow } from '../../contract/flavor-reader.ts';
import { objectiveNames } from './objectives.ts';

const libm =
  'exact where exp and log1p are those of glibc 2.28 or later with FMA, else 1e-12 relative';
/** Objectives whose transform calls the maths library. */
const withLibm: ReadonlySet<string> = new Set([
  'poisson',
  'gamma',
  'tweedie',
  'binary',
  'multiclass',
  'multiclassova',
  'cross_entropy',
  'cross_entropy_lambda',
]);

/** True where an answer goes through exp or log, whose last digits are the maths library's. */
export function usesMathsLibrary(objective: string): boolean {
  return withLibm.has(objective);
}

/** What the reader supports, for the documentation. */
export const support: readonly SupportRow[] = [
  {
    area: 'version',
    name: 'LightGBM 2.3, 3.3, 4.7',
    native: true,
    note: 'files of these were tried',
  },
  {
    area: 'format',
    name: 'text (Booster)',
    native: true,
    note: 'files of LightGBM 2.3, 3.3 and 4.7 tried',
  },
  {
    area: 'format',
    name: 'skops, pickle and cloudpickle (LGBMClassifier, LGBMRegressor, LGBMRanker, LGBMModel)',
    native: true,
    note: 'read without running anything; subclasses of your own → Python',
  },
  {
    area: 'param',
    name: 'pred_early_stop, predict_disable_shape_check',
    native: false,
    note: 'estimators hand their params of training to predict, where these change the answers',
  },
  ...['gbdt', 'dart', 'goss', 'rf (average_output)'].map((name) => ({
    area: 'booster',
    name,
    native: true,
    note: 'exact',
  })),
  ...objectiveNames.map((name) => ({
    area: 'objective',
    name,
    native: true,
    note: withLibm.has(name) ? libm : 'exact',
  })),
  { area: 'objective', name: 'an objective of your own', native: true, note: 'exact; raw scores' },
  {
    area: 'trees',
    name: 'missing values (use_missing, zero_as_missing)',
    native: true,
    note: 'exact',
  },
  { area: 'trees', name: 'category splits', native: true, note: 'exact' },
  {
    area: 'trees',
    name: 'linear trees',
    native: true,
    note: 'exact on x86-64; a LightGBM compiled for FMA differs by 1e-12 relative',
  },
];
