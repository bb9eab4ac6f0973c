/** All metrics of a server process: counted on the way of requests, put into Prometheus' words when somebody asks. */
import { mergeMetrics } from './merge-metrics.ts';
import type { MetricFamily, MetricsState } from './metric-family.ts';
import { modelFamilies } from './model-families.ts';
import { ModelMeter } from './model-meter.ts';
import { ObservedModel } from './observed-model.ts';
import { createProcessMetrics } from './process-metrics.ts';
import { requestFamilies } from './request-families.ts';

/** More metrics than those of requests and models. */
export type ReadFamilies = () => readonly MetricFamily[];

/** Counts, and answers scrapes. */
export class Metrics {
  /** Requests that have come and are not answered. */
  inFlight = 0;
  /** What came and was no request of HTTP. */
  malformed = 0;
  /** Requests that reached no model: other paths, refusals. */
  readonly other: ModelMeter = new ModelMeter('', '');
  readonly #models = new Map<string, ModelMeter>();
  readonly #sources: ReadFamilies[] = [];
  readonly #readProcess = createProcessMetrics();
  #collect: (() => Promise<readonly MetricsState[]>) | null = null;

  /** The counts of a name and version: the same ones for each load of it. */
  model(name: string, version: string | null): ModelMeter {
    const key = JSON.stringify([name, version]);
    let meter = this.#models.get(key);
    if (meter === undefined) this.#models.set(key, (meter = new ModelMeter(name, version ?? '')));
    return meter;
  }

  /** A load of it begins. */
  open(name: string, version: string | null): ObservedModel {
    return new ObservedModel(this.model(name, version));
  }

  /** Adds metrics that somebody else counts. */
  add(source: ReadFamilies): void {
    this.#sources.push(source);
  }

  /** Every model that was ever loaded, and {@link other}. */
  meters(): readonly ModelMeter[] {
    return [this.other, ...this.#models.values()];
  }

  /** Everything that this process has counted, as data that survives JSON. */
  async state(): Promise<MetricsState> {
    const meters = this.meters();
    const own = [...requestFamilies(meters, this), ...modelFamilies(meters)];
    const added = this.#sources.flatMap((source) => source());
    return [...own, ...added, ...(await this.#readProcess())];
  }

  /** Where a server is several processes: how to ask all of them, this one included, for their {@link state}. */
  collectFrom(collect: () => Promise<readonly MetricsState[]>): void {
    this.#collect = collect;
  }

  /** The answer to a scrape: the sum over all processes of the server. */
  async text(): Promise<string> {
    return mergeMetrics(this.#collect === null ? [await this.state()] : await this.#collect());
  }
}
