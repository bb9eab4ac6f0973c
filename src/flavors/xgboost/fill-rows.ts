/** Columns → rows of the kernel's buffer. */
import type { FillRows } from '../../trees/ensemble-kernel.ts';
import { type FeatureMatrix, refuseInput } from './feature-matrix.ts';

/**
 * Makes the function that writes rows of float32. Features that the input lacks are missing (NaN).
 *
 * @param featureCount width of a row
 * @param refuseInfinity true where XGBoost builds a DMatrix, which accepts no infinity (float64
 *   beyond float32 included); false for `inplace_predict`
 */
export function rowFiller(
  matrix: FeatureMatrix,
  featureCount: number,
  refuseInfinity: boolean,
): FillRows {
  const { columns } = matrix;
  return (rows, firstRow, rowCount) => {
    const end = rowCount * featureCount;
    for (let feature = 0; feature < columns.length; feature += 1) {
      const { values, start, stride } = columns[feature] as FeatureMatrix['columns'][number];
      let source = start + firstRow * stride;
      for (let at = feature; at < end; at += featureCount) {
        rows[at] = values[source] as number;
        source += stride;
      }
    }
    for (let feature = columns.length; feature < featureCount; feature += 1) {
      for (let at = feature; at < end; at += featureCount) rows[at] = Number.NaN;
    }
    if (refuseInfinity) checkFinite(matrix, rows, firstRow, end, featureCount);
  };
}

function checkFinite(
  matrix: FeatureMatrix,
  rows: Float32Array | Float64Array,
  firstRow: number,
  end: number,
  featureCount: number,
): void {
  for (let at = 0; at < end; at += 1) {
    const value = rows[at] as number;
    if (value !== Infinity && value !== -Infinity) continue;
    const column = at % featureCount;
    const row = firstRow + Math.floor(at / featureCount);
    const name = matrix.names?.[column] ?? column;
    throw refuseInput(
      `Row ${row}, column ${JSON.stringify(name)}: XGBoost accepts no infinity and no value that float32 can't hold.`,
      { row, column: name, value: String(value), expected: 'a finite float32' },
    );
  }
}
