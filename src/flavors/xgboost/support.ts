import type { SupportRow } from '../../contract/flavor-reader.ts';
import { objectiveNames, usesMathsLibrary } from './objectives.ts';

const libm = 'exact where expf and logf are those of glibc 2.27 or later, else 1e-6 relative';

/** What the reader supports, for the documentation. */
export const support: readonly SupportRow[] = [
  {
    area: 'version',
    name: 'XGBoost 1.2, 1.7, 2.1, 3.2',
    native: true,
    note: 'files of these were tried',
  },
  { area: 'format', name: 'ubj', native: true, note: 'found by its bytes' },
  { area: 'format', name: 'json', native: true, note: 'found by its bytes' },
  {
    area: 'format',
    name: 'old binary',
    native: false,
    note: 'XGBoost 3.1 and later do not read it',
  },
  ...['gbtree', 'dart', 'gblinear'].map((name) => ({
    area: 'booster',
    name,
    native: true,
    note: 'exact',
  })),
  ...objectiveNames.map((name) => ({
    area: 'objective',
    name,
    native: true,
    note: usesMathsLibrary(name) ? libm : 'exact',
  })),
  { area: 'trees', name: 'vector leaves (XGBoost ≥ 3.2)', native: true, note: 'exact' },
  {
    area: 'trees',
    name: 'category splits',
    native: true,
    note: 'exact; values are category codes',
  },
  ...[
    'output_margin',
    'pred_leaf',
    'iteration_range',
    'strict_shape',
    'validate_features',
    'training',
  ].map((name) => ({ area: 'param', name, native: true, note: 'exact' })),
  ...['pred_contribs', 'pred_interactions', 'base_margin'].map((name) => ({
    area: 'param',
    name,
    native: false,
    note: 'a model whose signature declares it is scored in Python',
  })),
];
