import { inputNames, type Signature } from '../model/signature.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * What a client says of streaming apart from its body. `required`: it takes nothing but a stream; `welcome`: a
 * stream if the model can; `asked`: only when the body says `"stream": true`; `never`: not even then.
 */
export type StreamWish = 'required' | 'welcome' | 'asked' | 'never';

/** True where the answer should be a stream, if the model can. */
export function wantsStream(wish: StreamWish, inBody: boolean): boolean {
  if (wish === 'never') return false;
  return inBody || wish !== 'asked';
}

/** @throws STREAMING_UNSUPPORTED where a stream is insisted on and the model cannot */
export function refuseStream(wish: StreamWish, inBody: boolean, canStream: boolean): void {
  if (canStream || wish === 'never') return;
  if (!inBody && wish !== 'required') return;
  const what = inBody
    ? 'leave out "stream": true'
    : 'accept application/json instead of text/event-stream';
  throw slipwayError(
    'STREAMING_UNSUPPORTED',
    `This model cannot stream its answers; ${what} to get the whole answer at once.`,
  );
}

/**
 * True where the model itself takes a field `stream`, as chat models do: a request that sets it then means the model
 * as well, and gets the whole answer from one that cannot stream.
 */
export function takesStreamField(signature: Signature | null): boolean {
  if (signature === null) return false;
  const { inputs, params } = signature;
  if (params?.some(({ name }) => name === 'stream') === true) return true;
  return inputs !== null && inputNames(inputs).includes('stream');
}
