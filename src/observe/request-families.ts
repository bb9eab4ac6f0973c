/** Counts of requests in Prometheus' words. */
import { histogramFamily } from './histogram.ts';
import { counter, gauge, type MetricFamily } from './metric-family.ts';
import { modelLabels } from './model-families.ts';
import type { ModelMeter } from './model-meter.ts';

/** What was answered, how long it took, what failed. */
export function requestFamilies(
  meters: readonly ModelMeter[],
  { inFlight, malformed }: Readonly<Record<'inFlight' | 'malformed', number>>,
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
    counter(
      'slipway_malformed_requests_total',
      'What came over a connection and was no request of HTTP, or never ended.',
      [{ labels: {}, value: malformed }],
    ),
    gauge('slipway_requests_in_flight', 'Requests that are not answered yet.', [
      { labels: {}, value: inFlight },
    ]),
  ];
}
