/** Metrics of this process: CPU, memory, file descriptors, event loop, garbage collection. They begin with the first scrape. */
import type { Registry } from 'prom-client';
import { loadPromClient } from './merge-metrics.ts';
import type { MetricFamily, MetricsState } from './metric-family.ts';

/** Reads the metrics of this process. */
export type ReadProcessMetrics = () => Promise<MetricsState>;

/** One reader per server. */
export function createProcessMetrics(): ReadProcessMetrics {
  let registry: Promise<Registry> | null = null;
  return async () => {
    registry ??= openRegistry();
    const families = (await (await registry).getMetricsAsJSON()) as unknown as MetricsState;
    return families.map(withoutUnknown);
  };
}

async function openRegistry(): Promise<Registry> {
  const client = await loadPromClient();
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  return registry;
}

/** The lag of an event loop that was not measured yet is NaN, which would not survive JSON. */
function withoutUnknown(family: MetricFamily): MetricFamily {
  return { ...family, values: family.values.filter(({ value }) => Number.isFinite(value)) };
}
