/** Calls of gRPC as whoever observes requests sees them: with the status that REST would have given. */
import type * as GrpcLibrary from '@grpc/grpc-js';
import { noteFailure, type Observer } from '../../observe/observer.ts';
import type { ObservedRequest } from '../../observe/observed-request.ts';
import { statusOf } from '../v2/v2-error-answer.ts';

type Call = GrpcLibrary.ServerUnaryCall<Uint8Array, object>;

/** A call that is observed. */
export interface ObservedCall {
  readonly notes: ObservedRequest;
  /** It is about to be answered: sends the request id and the like ahead, and counts it. Null: nothing went wrong. */
  end(error: unknown): void;
}

/** Notes that a call has come. */
export function observeCall(
  observer: Observer,
  call: Call,
  { Metadata }: typeof GrpcLibrary,
): ObservedCall {
  const notes = observer.begin({
    method: 'POST',
    url: call.getPath(),
    headers: textsOf(call.metadata),
    socket: { remoteAddress: addressOf(call.getPeer()) },
  });
  notes.route = call.getPath();
  notes.bytesIn = call.request.length;
  return {
    notes,
    end(error) {
      const headers: Record<string, string> = {};
      observer.answer(notes, headers);
      const entries = Object.entries(headers);
      if (entries.length > 0 && !call.cancelled) {
        const metadata = new Metadata();
        for (const [name, value] of entries) metadata.set(name, value);
        call.sendMetadata(metadata);
      }
      if (error !== null) noteFailure(notes, error);
      observer.end(notes, error === null ? 200 : statusOf(error));
    },
  };
}

/** Metadata that is text; bytes mean nothing to us. */
function textsOf(metadata: GrpcLibrary.Metadata): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata.getMap());
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** `127.0.0.1:1234` without its port. */
function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
}
