/** The thread that reads Parquet bodies (ParquetReader starts it). */
import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { Frame } from '../../data/frame.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { allowBytes, limitAllocations } from './limit-allocations.ts';
import { parquetError } from './parquet-error.ts';
import type { ParquetCall, ParquetReply } from './parquet-message.ts';

limitAllocations();
// Only now: the libraries below keep the constructors that they find.
const { readParquet } = await import('./read-parquet.ts');

let failReading: (reason: unknown) => void = () => {};
// A failure that the library leaves to nobody is one of the body that is being read.
process.on('unhandledRejection', (reason) => failReading(reason));

parentPort?.on('message', (call: ParquetCall) => void answer(call));
send({ kind: 'ready' });

async function answer(call: ParquetCall): Promise<void> {
  let reply: ParquetReply;
  let buffers: readonly ArrayBuffer[] = [];
  try {
    const frame = await read(call);
    reply = { kind: 'frame', frame };
    buffers = buffersOf(frame);
  } catch (error) {
    reply = errorReply(error);
  }
  try {
    send(reply, buffers);
  } catch (error) {
    send(errorReply(error));
  }
}

async function read({ body, memoryBytes }: ParquetCall): Promise<Frame> {
  allowBytes(memoryBytes);
  try {
    return await new Promise<Frame>((resolve, reject) => {
      failReading = reject;
      readParquet(body, memoryBytes).then(resolve, reject);
    });
  } finally {
    allowBytes(Infinity);
    // What is left of this body fails before the next one comes.
    await setImmediate();
  }
}

function errorReply(error: unknown): ParquetReply {
  const reason = error instanceof Error ? error.message : String(error);
  const { code, message, details } = isSlipwayError(error) ? error : parquetError(reason);
  return { kind: 'error', code, message, details };
}

function buffersOf(frame: Frame): readonly ArrayBuffer[] {
  const buffers = frame.columns.flatMap(({ data: { values } }) =>
    ArrayBuffer.isView(values) ? [values.buffer as ArrayBuffer] : [],
  );
  return [...new Set(buffers)];
}

function send(reply: ParquetReply, buffers: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, buffers);
}
