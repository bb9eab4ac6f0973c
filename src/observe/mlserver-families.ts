/**
 * The counts of requests once more, under the names that MLServer gives them, so that its dashboards and alerts go on.
 * Source: MLServer 1.7.1 handlers/dataplane.py, parallel/dispatcher.py, batching/adaptive.py, metrics/context.py,
 * starlette_exporter 0.24, py-grpc-prometheus 0.8.
 */
import { grpcCode } from './grpc-code.ts';
import { histogramFamily } from './histogram.ts';
import { counter, gauge, type MetricFamily, type MetricSample } from './metric-family.ts';
import type { Metrics } from './metrics.ts';
import type { ModelMeter } from './model-meter.ts';
import type { RouteMeter } from './route-meter.ts';

const appName = 'mlserver';

/** Every series. Those of queues are there for models that have one: Python models. */
export function mlserverFamilies(metrics: Metrics): readonly MetricFamily[] {
  const meters = metrics.meters();
  const routes = meters.flatMap((meter) => [...meter.routes]);
  const calls = routes.filter(isGrpc);
  const requests = routes.filter((route) => !isGrpc(route));
  const models = meters.filter(({ name }) => name !== '');
  return [
    inferences('success', models, (status) => status < 400),
    inferences('failure', models, (status) => status >= 400),
    inferenceDuration(models),
    ...queueFamilies(models),
    ...restFamilies(requests, metrics.inFlight),
    ...grpcFamilies(calls),
  ];
}

function isGrpc({ route }: RouteMeter): boolean {
  return route.startsWith('/inference.');
}

function isInference({ route }: RouteMeter): boolean {
  return /(?:\/infer|\/invocations|\/ModelInfer)$/.test(route);
}

function inferences(
  outcome: 'success' | 'failure',
  models: readonly ModelMeter[],
  counts: (status: number) => boolean,
): MetricFamily {
  return counter(
    `model_infer_request_${outcome}_total`,
    `Model infer request ${outcome} count`,
    models.map((meter) => ({
      labels: labelsOf(meter),
      value: inferenceRoutes(meter)
        .flatMap((route) => route.statuses())
        .reduce((total, [status, count]) => (counts(status) ? total + count : total), 0),
    })),
  );
}

function inferenceDuration(models: readonly ModelMeter[]): MetricFamily {
  const name = 'model_infer_request_duration';
  const values = models.flatMap((meter): MetricSample[] => {
    const histograms = inferenceRoutes(meter).map(({ duration }) => duration);
    const sum = (pick: 'count' | 'sum'): number =>
      histograms.reduce((total, duration) => total + duration[pick], 0);
    const labels = labelsOf(meter);
    return [
      { metricName: `${name}_sum`, labels, value: sum('sum') },
      { metricName: `${name}_count`, labels, value: sum('count') },
    ];
  });
  return { name, help: 'Model infer request duration', type: 'summary', aggregator: 'sum', values };
}

function inferenceRoutes(meter: ModelMeter): readonly RouteMeter[] {
  return [...meter.routes].filter(isInference);
}

function queueFamilies(models: readonly ModelMeter[]): readonly MetricFamily[] {
  const inHand = histogramFamily(
    'parallel_request_queue',
    'counter of request queue size for workers',
    models.map((meter) => [{}, meter.inHand]),
  );
  return [
    { ...inHand, values: addedUp(inHand.values) },
    histogramFamily(
      'batch_request_queue',
      'counter of request queue batch size',
      models.map(({ name, version, waiting }) => [
        { model_name: name, model_version: version },
        waiting,
      ]),
    ),
  ];
}

function labelsOf({ name, version }: ModelMeter): Readonly<Record<string, string>> {
  return { model: name, version };
}

function restFamilies(routes: readonly RouteMeter[], inFlight: number): readonly MetricFamily[] {
  const labelled = routes.map(
    (one) => [{ ...methodOf(one), path: one.route, app_name: appName }, one] as const,
  );
  return [
    counter(
      'rest_server_requests_total',
      'Total HTTP requests',
      addedUp(
        labelled.flatMap(([labels, one]) =>
          one.statuses().map(([status, value]) => ({
            labels: { ...labels, status_code: `${status}` },
            value,
          })),
        ),
      ),
    ),
    durations(
      'rest_server_request_duration_seconds',
      'HTTP request duration, in seconds',
      labelled,
    ),
    gauge('rest_server_requests_in_progress', 'Total HTTP requests currently in progress', [
      { labels: { app_name: appName }, value: inFlight },
    ]),
  ];
}

/** That of the route; unknown for what no route takes. */
function methodOf({ route }: RouteMeter): Readonly<Record<string, string>> {
  if (!route.startsWith('/')) return {};
  return { method: /\/(?:invocations|infer|index|load|unload)$/.test(route) ? 'POST' : 'GET' };
}

function grpcFamilies(routes: readonly RouteMeter[]): readonly MetricFamily[] {
  const labelled = routes.map((one) => [grpcLabels(one.route), one] as const);
  return [
    counter(
      'grpc_server_handled_total',
      'Total number of RPCs completed on the server, regardless of success or failure.',
      addedUp(
        labelled.flatMap(([labels, one]) =>
          one.statuses().map(([status, value]) => ({
            labels: { ...labels, grpc_code: grpcCode(status) },
            value,
          })),
        ),
      ),
    ),
    durations(
      'grpc_server_handling_seconds',
      'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.',
      labelled,
    ),
  ];
}

function grpcLabels(route: string): Readonly<Record<string, string>> {
  const [, service = '', method = ''] = route.split('/');
  return { grpc_type: 'UNARY', grpc_service: service, grpc_method: method };
}

function durations(
  name: string,
  help: string,
  routes: readonly (readonly [Readonly<Record<string, string>>, RouteMeter])[],
): MetricFamily {
  const each = routes.map(([labels, one]) => [labels, one.duration] as const);
  const family = histogramFamily(name, help, each);
  return { ...family, values: addedUp(family.values) };
}

/** Several models have the same route, and several statuses one code; a series may stand there once only. */
function addedUp(samples: readonly MetricSample[]): readonly MetricSample[] {
  const bySeries = new Map<string, MetricSample>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.metricName, sample.labels]);
    const value = (bySeries.get(key)?.value ?? 0) + sample.value;
    bySeries.set(key, { ...sample, value });
  }
  return [...bySeries.values()];
}
