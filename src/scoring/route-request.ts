/** Whether a request is decoded here or handed over as it came, for a scorer that can parse requests itself. */
import type { RawRequest, RawScoring } from '../contract/scorer.ts';
import type { ScoringInput, ScoringParams } from '../data/scoring-data.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { Signature } from '../model/signature.ts';
import { decodeBody } from './decode-body.ts';
import { asksForStream } from '../payload/asks-for-stream.ts';
import { readContentType } from '../payload/content-type.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import { isExactlyTyped, isPlainInput } from './plain-input.ts';
import type { ScoringOptions } from './scoring-options.ts';

/** A request that was decoded and enforced. */
export interface DecodedRoute {
  readonly kind: 'decoded';
  /** The same, undecoded. */
  readonly request: RawRequest;
  readonly input: ScoringInput;
  readonly params: ScoringParams;
  readonly unified: boolean;
  readonly stream: boolean;
}

/** A request for the scorer's own parser. */
export interface RawRoute {
  readonly kind: 'raw';
  readonly request: RawRequest;
  readonly stream: boolean;
}

/** What becomes of a request. */
export type Route = DecodedRoute | RawRoute;

/** What the choice depends on besides the request. */
export interface RouteContext {
  readonly raw: RawScoring | undefined;
  readonly signature: Signature | null;
  readonly options: Omit<ScoringOptions, 'timeoutMs'>;
}

/** A body and its Content-Type header. */
export interface ReceivedBody {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
}

/**
 * Chooses the way of a request. A refusal of ours stands only where it is MLflow's too; elsewhere the scorer's own
 * parser has the last word.
 *
 * @throws CONTENT_TYPE_MISSING, UNSUPPORTED_CONTENT_TYPE, and the codes of payload and schema
 */
export async function routeRequest(received: ReceivedBody, context: RouteContext): Promise<Route> {
  const { raw, signature, options } = context;
  const { body } = received;
  const contentType = readContentType(received.contentType, options);
  const request = { body, contentType };
  const rawRoute = (): RawRoute => ({
    kind: 'raw',
    request,
    stream: contentType === 'json' && asksForStream(body),
  });
  if (raw?.when === 'always') return rawRoute();
  const isExact = raw === undefined || (contentType !== 'parquet' && isExactlyTyped(signature));
  try {
    const decoded = await decodeBody(received, signature, options);
    const isOurs = isExact || options.lenientTypes || isPlainInput(decoded.data);
    if (raw !== undefined && (decoded.unified || !isOurs)) return rawRoute();
    const input = enforceInput(decoded.data, signature, options);
    if (raw !== undefined && !isPlainInput(input)) return rawRoute();
    const params = enforceParams(decoded.params, signature?.params ?? null, options);
    const { unified, stream } = decoded;
    return { kind: 'decoded', request, input, params, unified, stream };
  } catch (error) {
    if (isExact || !isSlipwayError(error) || error.code === 'INVALID_PARAMS') throw error;
    if (options.lenientTypes && (await isTakenStrictly(received, context))) throw error;
    return rawRoute();
  }
}

/** What lenient types alone refuse, since it would lose something, no other parser may take. */
async function isTakenStrictly(
  received: ReceivedBody,
  { signature, options }: RouteContext,
): Promise<boolean> {
  try {
    const strict = { ...options, lenientTypes: false };
    const { data } = await decodeBody(received, signature, strict);
    enforceInput(data, signature, strict);
    return true;
  } catch (error) {
    if (isSlipwayError(error)) return false;
    throw error;
  }
}
