import type { FlavorReader } from '../../contract/flavor-reader.ts';
import { boosters } from './assess.ts';
import { decisionValues } from './decision-values.ts';
import { open } from './open.ts';
import { support } from './support.ts';

/** Native reader of the `xgboost` flavor. */
export const xgboostReader: FlavorReader = {
  id: 'xgboost',
  support,
  assess: boosters.assess,
  decisionValues,
  open,
};
