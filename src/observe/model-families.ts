/** Counts and states of models in Prometheus' words. */
import { type Histogram, histogramFamily } from './histogram.ts';
import { counter, gauge, type MetricFamily, type MetricSample } from './metric-family.ts';
import type { ModelFacts, ModelMeter } from './model-meter.ts';

type Labels = Readonly<Record<string, string>>;

/** What scoring took, and how each loaded model is doing. */
export function modelFamilies(meters: readonly ModelMeter[]): readonly MetricFamily[] {
  const histogram = (
    name: string,
    help: string,
    pick: (meter: ModelMeter) => readonly (readonly [Labels, Histogram])[],
  ): MetricFamily =>
    histogramFamily(
      name,
      help,
      meters.flatMap((meter) =>
        pick(meter).map(([labels, one]) => [{ ...labels, ...modelLabels(meter) }, one] as const),
      ),
    );
  return [
    histogram(
      'slipway_request_phase_seconds',
      'Time of a request by phase: parse (with enforcement), queue, predict, encode.',
      ({ phases }) => Object.entries(phases).map(([phase, one]) => [{ phase }, one]),
    ),
    histogram('slipway_request_rows', 'Rows of a request.', ({ rows }) => [[{}, rows]]),
    histogram(
      'slipway_call_requests',
      'Requests whose rows went into one call of the model, where calls may be merged.',
      ({ callRequests }) => [[{}, callRequests]],
    ),
    histogram('slipway_call_rows', 'Rows of such a call.', ({ callRows }) => [[{}, callRows]]),
    ...loadedFamilies(meters),
  ];
}

const workerStates = ['starting', 'ready', 'draining'] as const;

function loadedFamilies(meters: readonly ModelMeter[]): readonly MetricFamily[] {
  const loaded = meters.flatMap((meter) => {
    const newest = [...meter.loads].at(-1);
    if (newest === undefined) return [];
    return [{ ...newest, now: newest.activity(), labels: modelLabels(meter) }];
  });
  const withWorkers = loaded.filter(({ now }) => now.workers !== null);
  const each = (value: (one: (typeof loaded)[number]) => number): readonly MetricSample[] =>
    loaded.map((one) => ({ labels: one.labels, value: value(one) }));
  return [
    gauge(
      'slipway_model_info',
      'A loaded model; the value is 1.',
      loaded.map(({ facts, labels }) => ({
        labels: { ...labels, ...factLabels(facts) },
        value: 1,
      })),
      'max',
    ),
    gauge(
      'slipway_model_load_seconds',
      'How long the model took to load.',
      each(({ loadSeconds }) => loadSeconds),
      'max',
    ),
    gauge(
      'slipway_calls_running',
      'Calls of a model that run in workers.',
      each((one) => one.now.running),
    ),
    gauge(
      'slipway_queue_length',
      'Requests that wait for a call.',
      each((one) => one.now.waiting),
    ),
    gauge(
      'slipway_workers',
      'Worker processes of a model, by state.',
      withWorkers.flatMap(({ now, labels }) =>
        workerStates.map((state) => ({
          labels: { ...labels, state },
          value: now.workers?.[state] ?? 0,
        })),
      ),
    ),
    counter(
      'slipway_worker_restarts_total',
      'Worker processes started in place of lost ones.',
      withWorkers.map(({ now: { workers }, labels }) => ({
        labels,
        value: workers?.restarts ?? 0,
      })),
    ),
  ];
}

/** The labels that every metric of a model has. */
export function modelLabels({ name, version }: ModelMeter): Labels {
  return { model: name, version };
}

function factLabels({ flavor, runtime, modelUuid, mlflowVersion }: ModelFacts): Labels {
  return { flavor, runtime, model_uuid: modelUuid, mlflow_version: mlflowVersion };
}
