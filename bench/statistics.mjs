// Minimum, median and maximum, and tables of them.

/** { min, median, max } of a list of numbers. */
export function summarize(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    min: sorted[0],
    median: sorted[Math.floor((sorted.length - 1) / 2)],
    max: sorted.at(-1),
  };
}

/** Value at `share` (0…1) of an unsorted list. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** `12.3 (11.8–13.0)`: median, minimum and maximum. */
export function formatSummary({ min, median, max }) {
  return `${short(median)} (${short(min)}–${short(max)})`;
}

/** Three significant digits, no exponent. */
export function short(value) {
  if (value === undefined || Number.isNaN(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en-US', {
    maximumFractionDigits: Math.min(digits, 6),
    useGrouping: true,
  });
}

/** Prints rows of cells as a Markdown table. */
export function printTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
}
