/** Index of the largest score of each row; of equal ones the first. */
export function largestClasses(scores: Float32Array, width: number): Int32Array {
  const classes = new Int32Array(scores.length / width);
  for (let row = 0; row < classes.length; row++) {
    const from = row * width;
    let best = 0;
    for (let k = 1; k < width; k++) if (scores[from + k]! > scores[from + best]!) best = k;
    classes[row] = best;
  }
  return classes;
}
