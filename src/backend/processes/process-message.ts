/** What the supervisor of serving processes and those processes say to each other, over Node's own channel. */
import type { ServerAddress } from '../../contract/flavor-backend.ts';
import type { IndexedModel } from '../../repository/model-repository.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import {
  type ErrorDetails,
  isSlipwayError,
  type SlipwayError,
  slipwayError,
} from '../../errors/slipway-error.ts';
import type { Door } from './connection-turns.ts';

/** From a serving process to its supervisor. */
export type ReportMessage =
  | { readonly slipway: 'hello' }
  /** It takes connections from now on. */
  | { readonly slipway: 'open' }
  /** It has taken the one that it was given. */
  | { readonly slipway: 'taken' }
  /** What it serves answers. */
  | {
      readonly slipway: 'ready';
      readonly models: readonly IndexedModel[];
      /** What it was to load when it began. */
      readonly units: readonly unknown[];
    }
  /** It stops: from the order `closed` on it gets no more connections. */
  | { readonly slipway: 'closing' }
  /** It ends, and says why. */
  | { readonly slipway: 'failed'; readonly failure: Failure }
  /** Asks all processes, itself included. */
  | {
      readonly slipway: 'askAll';
      readonly id: number;
      readonly topic: string;
      readonly data: unknown;
    }
  | { readonly slipway: 'answer'; readonly id: number; readonly data: unknown }
  | { readonly slipway: 'refusal'; readonly id: number; readonly failure: Failure }
  /** Wants all processes changed, or none. */
  | { readonly slipway: 'change'; readonly id: number; readonly change: unknown };

/** From the supervisor to a serving process. */
export type OrderMessage =
  | { readonly slipway: 'welcome'; readonly welcome: Welcome }
  /** The connection comes along with it. */
  | { readonly slipway: 'connection'; readonly door: Door }
  | { readonly slipway: 'allReady' }
  /** Does from now on what only one process should do. */
  | { readonly slipway: 'lead' }
  | { readonly slipway: 'stop' }
  | { readonly slipway: 'closed' }
  /** Looks at the files of its certificate. */
  | { readonly slipway: 'renew' }
  | {
      readonly slipway: 'ask';
      readonly id: number;
      readonly topic: string;
      readonly data: unknown;
    }
  | { readonly slipway: 'answers'; readonly id: number; readonly answers: readonly Answered[] }
  | { readonly slipway: 'changed'; readonly id: number; readonly failure: Failure | null };

/** What a process must know before it begins. */
export interface Welcome {
  /** Others serve already: it takes connections only when it can answer. */
  readonly isReplacement: boolean;
  /** Where the supervisor holds the ports. */
  readonly address: ServerAddress;
  /** What the first processes were to load when they began; null: this is one of them. */
  readonly units: readonly unknown[] | null;
  /** What all processes were changed by since then, in order. */
  readonly changes: readonly unknown[];
}

/** What one process said to a question. */
export type Answered =
  | { readonly pid: number; readonly data: unknown }
  | {
      readonly pid: number;
      readonly failure: Failure;
      /** It could say nothing, as it has ended. */
      readonly hasEnded?: true;
    };

/** An error on its way between processes. */
export interface Failure {
  /** Null: not of the catalogue. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Packs an error. */
export function failureOf(error: unknown): Failure {
  if (!isSlipwayError(error)) {
    return {
      code: null,
      message: error instanceof Error ? error.message : String(error),
      details: {},
    };
  }
  const { code, message, details } = error;
  return { code, message, details: plainDetails(details) };
}

/** Unpacks it. */
export function errorOf({ code, message, details }: Failure): SlipwayError {
  return slipwayError(code ?? 'WORKER_LOST', message, { details });
}

/** Only what survives the channel. */
function plainDetails(details: ErrorDetails): ErrorDetails {
  const plain = Object.entries(details).filter(
    ([, value]) => value === null || ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(plain);
}

/** Tells our messages from others on the channel; both ends are of one version. */
export function isReport(message: unknown): message is ReportMessage {
  return isOurs(message);
}

/** The same for the other way. */
export function isOrder(message: unknown): message is OrderMessage {
  return isOurs(message);
}

function isOurs(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'slipway' in message;
}
