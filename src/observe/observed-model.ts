import type { ModelObserver } from '../scoring/request-notes.ts';
import type { LoadedModelMetrics, ModelMeter } from './model-meter.ts';

/** One load of a model: it counts with the meter of its name and version, from when it answers until it is closed. */
export class ObservedModel implements ModelObserver {
  readonly meter: ModelMeter;
  #loaded: LoadedModelMetrics | null = null;

  constructor(meter: ModelMeter) {
    this.meter = meter;
  }

  get name(): string {
    return this.meter.name;
  }

  get version(): string {
    return this.meter.version;
  }

  called(requests: number, rows: number): void {
    this.meter.called(requests, rows);
  }

  queued(inHand: number, waiting: number): void {
    this.meter.queued(inHand, waiting);
  }

  /** It answers from now on. */
  opened(loaded: LoadedModelMetrics): void {
    this.#loaded = loaded;
    this.meter.loads.add(loaded);
  }

  closed(): void {
    if (this.#loaded !== null) this.meter.loads.delete(this.#loaded);
  }
}
