/** Asks two scorers the same requests and keeps count of where they agree. */
import type { Scorer } from '../../contract/scorer.ts';
import { formatJsonFloat } from '../../data/format-float.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { Signature } from '../../model/signature.ts';
import { encodeTop } from '../../payload/encode-prediction.ts';
import { routeRequest } from '../../scoring/route-request.ts';
import { predictRoute } from '../../scoring/score-routed.ts';
import { comparePredictions, type Difference, type DifferentPlace } from './compare-predictions.ts';
import type { DrawnTable, DrawnTensors } from './draw-requests.ts';

/** What was found. */
export interface Verification {
  /** Rows that both answered, or both refused. */
  readonly rows: number;
  /** Rows of those that both refused. */
  readonly refused: number;
  /** Rows that differ beyond the tolerance, or that one of the two refused. */
  readonly differing: number;
  readonly values: number;
  /** Largest distance in units of the last place, and relative. */
  readonly ulps: number;
  readonly relative: number;
  readonly tolerance: number;
  readonly first: FirstDifference | null;
}

/** The first row that differs. */
export interface FirstDifference extends DifferentPlace {
  /** JSON of the request that shows it. */
  readonly request: string;
}

/** The two to compare. `reference` is right by definition. */
export interface VerifiedScorers {
  readonly native: Scorer;
  readonly reference: Scorer;
  readonly signature: Signature | null;
  /** Largest relative difference of floats. */
  readonly tolerance: number;
}

const never: AbortSignal = new AbortController().signal;
const rowsPerRequest = 256;
const options = { compat: 'slipway', lenientTypes: false, nonFinite: 'tokens' } as const;

type Answer =
  | { readonly kind: 'prediction'; readonly prediction: Prediction }
  | { readonly kind: 'refusal'; readonly status: number; readonly message: string };

/** Compares the scorers on request bodies (JSON) and on generated rows. */
export class ScorerVerifier {
  readonly #scorers: VerifiedScorers;
  readonly #signal: AbortSignal;
  #rows = 0;
  #refused = 0;
  #differing = 0;
  #values = 0;
  #ulps = 0;
  #relative = 0;
  #first: FirstDifference | null = null;

  constructor(scorers: VerifiedScorers, signal: AbortSignal = never) {
    this.#scorers = scorers;
    this.#signal = signal;
  }

  /** What was found so far. */
  get verification(): Verification {
    return {
      rows: this.#rows,
      refused: this.#refused,
      differing: this.#differing,
      values: this.#values,
      ulps: this.#ulps,
      relative: this.#relative,
      tolerance: this.#scorers.tolerance,
      first: this.#first,
    };
  }

  /** One request as it would be sent, counted as one row. */
  async verifyBody(body: string): Promise<void> {
    this.#count(await this.#compare(body), 1, body);
  }

  /** Rows in requests of some hundred; where those differ or are refused, in halves down to single rows. */
  async verifyTable(
    table: DrawnTable,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    for (let first = 0; first < table.rows.length; first += rowsPerRequest) {
      await this.#verifyRows(table, table.rows.slice(first, first + rowsPerRequest));
      onProgress?.(Math.min(first + rowsPerRequest, table.rows.length), table.rows.length);
    }
  }

  /** The same rows as arrays without names, some hundred in a request. */
  async verifyRowsAsArray({ rows }: DrawnTable): Promise<void> {
    for (let first = 0; first < rows.length; first += rowsPerRequest) {
      const value = rows.slice(first, first + rowsPerRequest);
      await this.verifyTensors({ kind: 'tensors', value, rowCount: value.length });
    }
  }

  /** Tensors as one request. */
  async verifyTensors(tensors: DrawnTensors): Promise<void> {
    const body = `{"inputs": ${jsonOf(tensors.value)}}`;
    this.#count(await this.#compare(body), tensors.rowCount, body);
  }

  async #verifyRows(table: DrawnTable, rows: DrawnTable['rows']): Promise<void> {
    const body = tableBody(table.columns, rows);
    const outcome = await this.#compare(body);
    if (rows.length === 1 || (outcome.kind === 'compared' && outcome.difference.first === null)) {
      this.#count(outcome, rows.length, body);
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await this.#verifyRows(table, rows.slice(0, half));
    await this.#verifyRows(table, rows.slice(half));
  }

  #count(outcome: Outcome, rows: number, request: string): void {
    this.#rows += rows;
    if (outcome.kind === 'both refused') {
      this.#refused += rows;
      return;
    }
    const { ulps, relative, first, values } = outcome.difference;
    this.#values += values;
    this.#ulps = Math.max(this.#ulps, ulps);
    this.#relative = Math.max(this.#relative, relative);
    if (first === null) return;
    this.#differing += rows;
    this.#first ??= { ...first, request };
  }

  async #compare(body: string): Promise<Outcome> {
    const { native, reference, tolerance } = this.#scorers;
    const bytes = Buffer.from(body);
    const [left, right] = await Promise.all([
      this.#ask(native, bytes),
      this.#ask(reference, bytes),
    ]);
    if (left.kind === 'refusal' && right.kind === 'refusal' && left.status === right.status) {
      return { kind: 'both refused' };
    }
    if (left.kind === 'refusal' || right.kind === 'refusal') {
      return { kind: 'compared', difference: oneRefused(describe(left), describe(right)) };
    }
    const difference = comparePredictions(left.prediction, right.prediction, tolerance);
    return { kind: 'compared', difference };
  }

  async #ask(scorer: Scorer, body: Buffer): Promise<Answer> {
    const { signature } = this.#scorers;
    try {
      const received = { body, contentType: 'application/json' };
      const route = await routeRequest(received, { raw: scorer.raw, signature, options });
      const { prediction } = await predictRoute(scorer, route, this.#signal);
      return { kind: 'prediction', prediction };
    } catch (error) {
      if (!isSlipwayError(error)) throw error;
      const { httpStatus } = error.definition;
      const status = error.details['httpStatus'];
      return {
        kind: 'refusal',
        status: typeof status === 'number' ? status : httpStatus,
        message: error.message,
      };
    }
  }
}

type Outcome =
  | { readonly kind: 'both refused' }
  | { readonly kind: 'compared'; readonly difference: Difference };

function oneRefused(native: unknown, reference: unknown): Difference {
  const first = { path: '', row: 0, native, reference };
  return { ulps: Infinity, relative: Infinity, values: 1, first };
}

function describe(answer: Answer): string {
  if (answer.kind === 'refusal')
    return `refused (${answer.status}): ${answer.message.slice(0, 300)}`;
  return encodeTop(answer.prediction, { nonFinite: 'tokens', wrap: true }).slice(0, 300);
}

function tableBody(columns: DrawnTable['columns'], rows: DrawnTable['rows']): string {
  const labels = columns?.map((label) => (typeof label === 'number' ? BigInt(label) : label));
  const head = labels === undefined ? '' : `"columns": ${jsonOf(labels)}, `;
  return `{"dataframe_split": {${head}"data": ${jsonOf(rows)}}}`;
}

/** JSON text; NaN as Python writes it. */
function jsonOf(value: PyValue): string {
  if (typeof value === 'number') return formatJsonFloat(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${(value as readonly PyValue[]).map(jsonOf).join(', ')}]`;
  if (value instanceof Map) {
    const entries = Array.from(value as ReadonlyMap<string, PyValue>);
    return `{${entries.map(([key, of]) => `${JSON.stringify(key)}: ${jsonOf(of)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}
