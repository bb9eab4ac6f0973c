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
    const cpu = cpuSeconds();
    return families.map((family) => withoutUnknown(cpu[family.name] ?? null, family));
  };
}

async function openRegistry(): Promise<Registry> {
  const client = await loadPromClient();
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  return registry;
}

/** The package counts from its own beginning. */
function cpuSeconds(): Readonly<Record<string, number>> {
  const { user, system } = process.cpuUsage();
  return {
    process_cpu_user_seconds_total: user / 1e6,
    process_cpu_system_seconds_total: system / 1e6,
    process_cpu_seconds_total: (user + system) / 1e6,
  };
}

/** The lag of an event loop that was not measured yet is NaN, which would not survive JSON. */
function withoutUnknown(known: number | null, family: MetricFamily): MetricFamily {
  if (known !== null) return { ...family, values: [{ labels: {}, value: known }] };
  return { ...family, values: family.values.filter(({ value }) => Number.isFinite(value)) };
}
