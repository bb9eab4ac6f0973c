/** A worker thread with a session of its own, for batches that would hold the event loop. */
import { Worker } from 'node:worker_threads';
import { bindingPath } from './load-runtime.ts';
import type { Outputs } from './to-answer.ts';
import type { TensorParts } from './to-tensor.ts';

/** Plain JavaScript, so that it runs the same from sources, from a build and from a bundle. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const load = require('node:module').createRequire(workerData.bindingPath);
const { Tensor, env } = load('onnxruntime-common');
env.logLevel = 'fatal';
const { binding, initOrt } = load(workerData.bindingPath);
initOrt();
const session = new binding.InferenceSession();
const { buffer, byteOffset, byteLength } = workerData.file;
session.loadModel(buffer, byteOffset, byteLength, workerData.options);
workerData.file = null;
function run({ feeds, fetches }) {
  const tensors = {};
  for (const [name, { type, data, dims }] of Object.entries(feeds)) tensors[name] = new Tensor(type, data, dims);
  const start = performance.now();
  const results = session.run(tensors, fetches, {});
  const ms = performance.now() - start;
  const outputs = {};
  const buffers = new Set();
  for (const [name, { type, data, dims }] of Object.entries(results)) {
    outputs[name] = { type, data, dims };
    if (ArrayBuffer.isView(data)) buffers.add(data.buffer);
  }
  return [{ outputs, ms }, Array.from(buffers)];
}
parentPort.on('message', (call) => {
  try {
    parentPort.postMessage(...run(call));
  } catch (error) {
    parentPort.postMessage({ error: String(error instanceof Error ? error.message : error) });
  }
});
`;

/** What a thread answers. */
type Reply = { readonly outputs: Outputs; readonly ms: number } | { readonly error: string };

interface Call {
  readonly feeds: Readonly<Record<string, TensorParts>>;
  readonly fetches: Readonly<Record<string, null>>;
  readonly signal: AbortSignal;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs calls one after the other; the library uses its own threads for each. */
export class SessionThread {
  readonly #worker: Worker;
  readonly #waiting: Call[] = [];
  #running: Call | null = null;
  #failure: Error | null = null;

  constructor(file: Uint8Array, options: object) {
    const workerData = { file, options, bindingPath: bindingPath() };
    this.#worker = new Worker(threadSource, { eval: true, workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread of an ONNX session ended.')));
  }

  /** Runs one call; a call whose signal is aborted before its turn is not run. */
  run(feeds: Call['feeds'], fetches: Call['fetches'], signal: AbortSignal): Promise<Reply> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ feeds: detached(feeds), fetches, signal, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #next(): void {
    while (this.#running === null) {
      const call = this.#waiting.shift();
      if (call === undefined) {
        this.#worker.unref();
        return;
      }
      if (call.signal.aborted) call.reject(call.signal.reason);
      else this.#start(call);
    }
  }

  #start(call: Call): void {
    this.#running = call;
    this.#worker.ref();
    const { feeds, fetches } = call;
    const buffers = Object.values(feeds).flatMap(({ data }) =>
      ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [],
    );
    this.#worker.postMessage({ feeds, fetches }, buffers);
  }

  #settle(reply: Reply): void {
    const call = this.#running;
    this.#running = null;
    call?.resolve(reply);
    this.#next();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const calls = [...(this.#running === null ? [] : [this.#running]), ...this.#waiting.splice(0)];
    this.#running = null;
    for (const call of calls) call.reject(error);
  }
}

/** Copies whose memory can be given away: the caller's arrays stay as they are. */
function detached(feeds: Call['feeds']): Call['feeds'] {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      { type, data: ArrayBuffer.isView(data) ? data.slice() : data, dims },
    ]),
  );
}
