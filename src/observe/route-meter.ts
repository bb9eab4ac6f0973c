import { Histogram, secondsBounds } from './histogram.ts';

/** Requests of one route to one model. */
export class RouteMeter {
  readonly route: string;
  readonly duration: Histogram = new Histogram(secondsBounds);
  readonly #byStatus = new Float64Array(600);

  constructor(route: string) {
    this.route = route;
  }

  /** One request was answered, with an HTTP status; a call of gRPC with the one that REST would have given. */
  ended(status: number, seconds: number): void {
    this.#byStatus[status]! += 1;
    this.duration.observe(seconds);
  }

  /** Status and how often, for every status that occurred. */
  statuses(): readonly (readonly [number, number])[] {
    return [...this.#byStatus.entries()].filter(([, count]) => count > 0);
  }
}
