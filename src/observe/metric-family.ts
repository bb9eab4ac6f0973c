/** Metrics as plain data, in the form that prom-client gives and takes, so that states of several processes can be added up. */

/** One line of a scrape. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Where it differs from the family's: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** All samples of one name. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** What becomes of samples with the same labels when processes are added up. */
  readonly aggregator: 'sum' | 'max' | 'min' | 'average' | 'first' | 'omit';
  readonly values: readonly MetricSample[];
}

/** All metrics of one process at one moment; survives JSON. */
export type MetricsState = readonly MetricFamily[];

/** A family that only grows. */
export function counter(name: string, help: string, values: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'counter', aggregator: 'sum', values };
}

/** A family of present values; processes are added up unless told otherwise. */
export function gauge(
  name: string,
  help: string,
  values: readonly MetricSample[],
  aggregator: MetricFamily['aggregator'] = 'sum',
): MetricFamily {
  return { name, help, type: 'gauge', aggregator, values };
}
