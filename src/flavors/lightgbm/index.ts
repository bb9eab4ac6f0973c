import type { FlavorReader } from '../../contract/flavor-reader.ts';
import { models } from './assess.ts';
import { decisionValues } from './decision-values.ts';
import { open } from './open.ts';
import { support } from './support.ts';

/** Native reader of the `lightgbm` flavor. */
export const lightgbmReader: FlavorReader = {
  id: 'lightgbm',
  support,
  assess: models.assess,
  decisionValues,
  open,
};
