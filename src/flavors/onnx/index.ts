import type { FlavorReader } from '../../contract/flavor-reader.ts';
import { models } from './assess.ts';
import { decisionValues } from './decision-values.ts';
import { imageFiles } from './image-files.ts';
import { open } from './open.ts';
import { support } from './support.ts';

/** Native reader of the `onnx` flavor. */
export const onnxReader: FlavorReader = {
  id: 'onnx',
  support,
  assess: models.assess,
  decisionValues,
  imageFiles,
  open,
};
