/** Counts of requests in Prometheus' words. */
import { histogramFamily } from './histogram.ts';
import { counter, gauge, type MetricFamily } from './metric-family.ts';
import { modelLabels } from './model-families.ts';
import type { ModelMeter } from './model-meter.ts';

/** What was answered, how long it took, what failed. */
export function requestFamilies(
  meters: readonly ModelMeter[],
  inFlight: number,
): readonly MetricFamily[] {
  const routes = meters.flatMap((meter) =>
    [...meter.routes].map((one) => [{ route: one.route, ...modelLabels(meter) }, one] as const),
  );
  return [
    counter(
      'slipway_requests_total',
      'Requests answered, by HTTP status; 499: the client left first.',
      routes.flatMap(([labels, one]) =>
        one.statuses().map(([code, value]) => ({ labels: { ...labels, code: `${code}` }, value })),
      ),
    ),
    counter(
      'slipway_errors_total',
      'Requests that failed, by code of the error catalogue.',
      meters.flatMap((meter) =>
        [...meter.errors].map(([error, value]) => ({
          labels: { error, ...modelLabels(meter) },
          value,
        })),
      ),
    ),
    histogramFamily(
      'slipway_request_duration_seconds',
      'From the head of a request to the end of its answer.',
      routes.map(([labels, one]) => [labels, one.duration]),
    ),
    gauge('slipway_requests_in_flight', 'Requests that are not answered yet.', [
      { labels: {}, value: inFlight },
    ]),
  ];
}
