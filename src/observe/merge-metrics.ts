/** The text of a scrape, of one process or of several added up. prom-client is loaded when the first scrape comes. */
import type { AggregatorRegistry, collectDefaultMetrics, Metric, Registry } from 'prom-client';
import type { MetricFamily, MetricsState } from './metric-family.ts';

/**
 * Adds up the states of the processes of one server: counters and histograms are summed, of a model's facts there is
 * one. A single state is printed as it is.
 */
export async function mergeMetrics(states: readonly MetricsState[]): Promise<string> {
  const client = await loadPromClient();
  const [first] = states;
  if (states.length > 1) return client.AggregatorRegistry.aggregate(states as object[]).metrics();
  const registry = new client.Registry();
  for (const family of first ?? []) registry.registerMetric(metricOf(family));
  return registry.metrics();
}

/** All that a registry asks of a metric is its name and its values. */
function metricOf(family: MetricFamily): Metric {
  return { name: family.name, get: async () => family } as unknown as Metric;
}

/** What is used of the package. */
export interface PromClient {
  readonly Registry: typeof Registry;
  readonly AggregatorRegistry: typeof AggregatorRegistry;
  readonly collectDefaultMetrics: typeof collectDefaultMetrics;
}

/** Loads it: CommonJS, whose exports stand in the default one. */
export async function loadPromClient(): Promise<PromClient> {
  const { default: client } = await import('prom-client');
  return client;
}
