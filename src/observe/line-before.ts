/**
 * The last line of the access log. Under load the next differs from it in its id and a few digits: it is copied, and
 * those written over, in a third of the time that its parts take one by one.
 */
import type { AsciiLine } from './ascii-line.ts';
import type { ObservedRequest } from './observed-request.ts';
import type { Spans } from './spans.ts';

/** What a line of the access log is put together from. */
export interface LineParts {
  /** The same object as long as it says the same. */
  readonly head: Uint8Array;
  readonly request: ObservedRequest;
  /** The same object as long as it says the same. */
  readonly middle: Uint8Array;
  readonly spans: Spans;
}

/** Repeats lines. */
export class LineBefore {
  #bytes: Uint8Array = new Uint8Array();
  #head: Uint8Array | null = null;
  #middle: Uint8Array | null = null;
  #idLength = -1;
  #client: string | undefined = undefined;

  /** Appends a line that is like the one before. @returns false where it is not, and nothing was done */
  repeat(line: AsciiLine, { head, request, middle, spans }: LineParts): boolean {
    const { requestId, arrival } = request;
    if (
      head !== this.#head ||
      middle !== this.#middle ||
      requestId.length !== this.#idLength ||
      arrival.socket.remoteAddress !== this.#client ||
      !isUsual(request, spans)
    ) {
      return false;
    }
    const start = line.at;
    line.piece(this.#bytes);
    line.textAt(start + head.length, requestId);
    spans.overwrite(line, start + head.length + requestId.length + middle.length);
    return true;
  }

  /** Keeps the line that was just written, if another like it is likely: the second of a millisecond. */
  keep(line: AsciiLine, start: number, { head, request, middle, spans }: LineParts): void {
    const isSecond = head === this.#head;
    this.#head = head;
    this.#middle = null;
    if (!isSecond || !isUsual(request, spans)) return;
    this.#middle = middle;
    this.#idLength = request.requestId.length;
    this.#client = request.arrival.socket.remoteAddress;
    this.#bytes = line.bytes.slice(start, line.at);
  }
}

/** Nothing is in its line that others do not have. */
function isUsual({ trace, errorCode }: ObservedRequest, spans: Spans): boolean {
  return trace === null && errorCode === '' && spans.areShort;
}
