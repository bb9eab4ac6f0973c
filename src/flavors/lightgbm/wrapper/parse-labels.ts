import type { PyValue } from '../../../data/py-value.ts';
import type { Vector } from '../../../data/vector.ts';
import { isPickled, type PickledValue } from '../../../pickled/pickled-value.ts';
import { notNative } from '../invalid-model-text.ts';

/** Class labels: a one-dimensional array of numbers, booleans, strings, or of such as objects. @throws MODEL_NOT_NATIVE */
export function parseLabels(classes: PickledValue | undefined): Vector {
  if (isPickled(classes, 'array') && classes.shape.length === 1) return classes.data;
  if (isPickled(classes, 'objects') && classes.shape.length === 1 && classes.items.every(isPlain)) {
    return { dtype: 'object', values: classes.items };
  }
  throw notNative('its class labels are neither numbers, booleans nor strings');
}

function isPlain(value: PickledValue): value is PickledValue & PyValue {
  return value === null || typeof value !== 'object' || isPickled(value, 'scalar', 'datetime');
}
