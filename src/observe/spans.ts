/** How long the parts of a request took, as a line of the access log says it: milliseconds with three decimals. */
import { type AsciiLine, asciiPiece, shortBytes, shortUs } from './ascii-line.ts';
import type { ObservedRequest } from './observed-request.ts';

const durationMs = asciiPiece(',"durationMs":');
const parseMs = asciiPiece(',"parseMs":');
const noQueueMs = asciiPiece(',"queueMs":0');
const queueMs = asciiPiece(',"queueMs":');
const predictMs = asciiPiece(',"predictMs":');
const encodeMs = asciiPiece(',"encodeMs":');

/** Where the numbers of {@link Spans.areShort} stand in their text. */
const durationAt = durationMs.length;
const parseAt = durationAt + shortBytes + parseMs.length;
const predictAt = parseAt + shortBytes + noQueueMs.length + predictMs.length;
const encodeAt = predictAt + shortBytes + encodeMs.length;

/** Those of one request after another, in whole microseconds; -1 where a request did not get so far. */
export class Spans {
  #durationUs = 0;
  #parseUs = -1;
  #queueUs = -1;
  #predictUs = -1;
  #encodeUs = -1;

  /** Takes those of a request. @param endedAtMs as `performance.now()` */
  measure(request: ObservedRequest, endedAtMs: number): void {
    const { predictAtMs, queueMs: waitedMs, encodeAtMs, encodedAtMs } = request;
    const isParsed = predictAtMs !== 0;
    const isPredicted = isParsed && encodeAtMs !== 0;
    this.#durationUs = microseconds(endedAtMs - request.startedAtMs);
    this.#parseUs = isParsed ? microseconds(predictAtMs - request.parseAtMs) : -1;
    this.#queueUs = isPredicted ? microseconds(waitedMs) : -1;
    this.#predictUs = isPredicted ? microseconds(encodeAtMs - predictAtMs - waitedMs) : -1;
    const isEncoded = isPredicted && encodedAtMs !== 0;
    this.#encodeUs = isEncoded ? microseconds(encodedAtMs - encodeAtMs) : -1;
  }

  /** All are there, none is long, and the request did not wait: every text of such spans has its numbers at the same places. */
  get areShort(): boolean {
    return (
      this.#queueUs === 0 &&
      this.#encodeUs >= 0 &&
      this.#durationUs < shortUs &&
      this.#parseUs < shortUs &&
      this.#predictUs < shortUs &&
      this.#encodeUs < shortUs
    );
  }

  /** Appends them. */
  write(line: AsciiLine): void {
    line.piece(durationMs);
    line.microseconds(this.#durationUs);
    if (this.#parseUs < 0) return;
    line.piece(parseMs);
    line.microseconds(this.#parseUs);
    if (this.#queueUs < 0) return;
    if (this.#queueUs === 0) {
      line.piece(noQueueMs);
    } else {
      line.piece(queueMs);
      line.microseconds(this.#queueUs);
    }
    line.piece(predictMs);
    line.microseconds(this.#predictUs);
    if (this.#encodeUs < 0) return;
    line.piece(encodeMs);
    line.microseconds(this.#encodeUs);
  }

  /** Writes short ones over others that begin at a place. */
  overwrite(line: AsciiLine, at: number): void {
    line.shortAt(at + durationAt, this.#durationUs);
    line.shortAt(at + parseAt, this.#parseUs);
    line.shortAt(at + predictAt, this.#predictUs);
    line.shortAt(at + encodeAt, this.#encodeUs);
  }
}

/** Rounded; clocks may give less than nothing. */
function microseconds(ms: number): number {
  return ms > 0 ? Math.round(ms * 1000) : 0;
}
