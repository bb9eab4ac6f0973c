import type { FillRows } from '../../trees/ensemble-kernel.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Makes the function that writes rows of float64, features side by side. */
export function rowFiller({ columns }: FeatureMatrix): FillRows {
  const width = columns.length;
  return (rows, firstRow, rowCount) => {
    const end = rowCount * width;
    for (let feature = 0; feature < width; feature += 1) {
      const { values, start, stride } = columns[feature] as FeatureMatrix['columns'][number];
      let source = start + firstRow * stride;
      for (let at = feature; at < end; at += width) {
        rows[at] = values[source] as number;
        source += stride;
      }
    }
  };
}
