import type { FlavorReader } from '../../contract/flavor-reader.ts';
import { models } from './assess.ts';
import { decisionValues } from './decision-values.ts';
import { open } from './open.ts';
import { support } from './support.ts';

/** Native reader of the `catboost` flavor. */
export const catboostReader: FlavorReader = {
  id: 'catboost',
  support,
  assess: models.assess,
  decisionValues,
  open,
};
