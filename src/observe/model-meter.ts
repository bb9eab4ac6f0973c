/** What is counted of one model: its requests by route, their phases, rows, calls, errors; and how it is doing now. */
import type { WorkerCounts } from '../contract/scorer.ts';
import type { RequestNotes } from '../scoring/request-notes.ts';
import { clientBounds, countBounds, Histogram, secondsBounds } from './histogram.ts';
import { RouteMeter } from './route-meter.ts';

/** Facts of a loaded model. */
export interface ModelFacts {
  readonly flavor: string;
  readonly runtime: string;
  /** Empty where the MLmodel file has none. */
  readonly modelUuid: string;
  /** Version of MLflow that saved it; empty where unknown. */
  readonly mlflowVersion: string;
}

/** How a loaded model is doing. */
export interface ModelActivity {
  /** Calls that run. */
  readonly running: number;
  /** Requests that wait for one. */
  readonly waiting: number;
  /** Its worker processes; null for a model that has none. */
  readonly workers: WorkerCounts | null;
}

/** A model that is loaded. */
export interface LoadedModelMetrics {
  readonly facts: ModelFacts;
  readonly loadSeconds: number;
  readonly activity: () => ModelActivity;
}

/** Counts of one name and version; they outlive a reload. */
export class ModelMeter {
  readonly name: string;
  readonly version: string;
  readonly phases: Readonly<Record<'parse' | 'queue' | 'predict' | 'encode', Histogram>> = {
    parse: new Histogram(secondsBounds),
    queue: new Histogram(secondsBounds),
    predict: new Histogram(secondsBounds),
    encode: new Histogram(secondsBounds),
  };
  readonly rows: Histogram = new Histogram(countBounds);
  readonly callRequests: Histogram = new Histogram(countBounds);
  readonly callRows: Histogram = new Histogram(countBounds);
  /** Requests in hand, and those that wait, whenever one comes to a model with a queue. */
  readonly inHand: Histogram = new Histogram(clientBounds);
  readonly waiting: Histogram = new Histogram(clientBounds);
  /** Code of the catalogue → how often. */
  readonly errors: Map<string, number> = new Map();
  /** Those that are loaded, the newest last: two while a new one takes over. */
  readonly loads: Set<LoadedModelMetrics> = new Set();
  readonly #routes = new Map<string, RouteMeter>();
  #last: RouteMeter | null = null;

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
  }

  /** Every route that was asked for. */
  get routes(): Iterable<RouteMeter> {
    return this.#routes.values();
  }

  /** The counts of a route. */
  route(route: string): RouteMeter {
    if (this.#last?.route === route) return this.#last;
    let meter = this.#routes.get(route);
    if (meter === undefined) this.#routes.set(route, (meter = new RouteMeter(route)));
    this.#last = meter;
    return meter;
  }

  /** The model was called once, with the rows of so many requests. */
  called(requests: number, rows: number): void {
    this.callRequests.observe(requests);
    this.callRows.observe(rows);
  }

  /** A request has come to the queue. */
  queued(inHand: number, waiting: number): void {
    this.inHand.observe(inHand);
    this.waiting.observe(waiting);
  }

  /** Counts the phases that the request has behind it. */
  scored({ rows, parseAtMs, predictAtMs, queueMs, encodeAtMs, encodedAtMs }: RequestNotes): void {
    const { phases } = this;
    if (predictAtMs === 0) return;
    phases.parse.observe((predictAtMs - parseAtMs) / 1000);
    if (rows >= 0) this.rows.observe(rows);
    if (encodeAtMs === 0) return;
    phases.queue.observe(queueMs / 1000);
    phases.predict.observe((encodeAtMs - predictAtMs - queueMs) / 1000);
    if (encodedAtMs !== 0) phases.encode.observe((encodedAtMs - encodeAtMs) / 1000);
  }

  /** Counts a failure by its code. */
  failed(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}
