/** A model that runs: small batches at once in this thread, long ones in a thread of their own. */
import { InputTensors } from './input-tensors.ts';
import { refuseInput } from './invalid-model-file.ts';
import { loadRuntime, type NativeSession } from './load-runtime.ts';
import { messageOf, openSession, type SessionSource } from './open-session.ts';
import { RunTimes } from './run-times.ts';
import { SessionThread } from './session-thread.ts';
import type { Outputs } from './to-answer.ts';
import type { TensorParts } from './to-tensor.ts';

/** Options of {@link OnnxSession}. */
export interface OnnxSessionOptions {
  readonly outputNames: readonly string[];
  /** Reads the file again for the thread of long runs; null where there must be no such thread. */
  readonly reload: (() => Promise<Uint8Array>) | null;
}

type Feeds = Readonly<Record<string, TensorParts>>;

/** Runs one model for any number of callers. */
export class OnnxSession {
  readonly #session: NativeSession;
  readonly #options: object;
  readonly #inputs: InputTensors;
  readonly #fetches: Readonly<Record<string, null>>;
  readonly #reload: OnnxSessionOptions['reload'];
  readonly #times = new RunTimes();
  #thread: Promise<SessionThread> | null = null;
  #isClosed = false;

  /** @throws MODEL_FILE_INVALID where onnxruntime refuses the model */
  constructor(source: SessionSource, { outputNames, reload }: OnnxSessionOptions) {
    const { session, options } = openSession(source);
    this.#session = session;
    this.#options = options;
    this.#inputs = new InputTensors({ Tensor: loadRuntime().Tensor, outputNames });
    this.#fetches = Object.fromEntries(outputNames.map((name) => [name, null]));
    this.#reload = reload;
  }

  /**
   * Runs the model.
   *
   * @param feeds tensor of each input
   * @returns the outputs; a promise for a long run
   * @throws PREDICT_FAILED with what onnxruntime says
   */
  run(feeds: Feeds, signal: AbortSignal): Outputs | Promise<Outputs> {
    const elements = countElements(feeds);
    if (this.#reload !== null && this.#times.isLong(elements))
      return this.#runInThread(this.#reload, feeds, elements, signal);
    const start = performance.now();
    const outputs = this.#runHere(feeds);
    this.#times.record(elements, performance.now() - start);
    return outputs;
  }

  /** Frees the session and its thread. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#session.dispose();
    await (await this.#thread)?.close();
  }

  #runHere(feeds: Feeds): Outputs {
    const tensors = this.#inputs.load(feeds);
    try {
      return this.#session.run(tensors, this.#fetches);
    } catch (error) {
      throw failedRun(messageOf(error));
    }
  }

  async #runInThread(
    reload: () => Promise<Uint8Array>,
    feeds: Feeds,
    elements: number,
    signal: AbortSignal,
  ): Promise<Outputs> {
    this.#thread ??= reload().then((file) => new SessionThread(file, this.#options));
    const reply = await (await this.#thread).run(feeds, this.#fetches, signal);
    if ('error' in reply) throw failedRun(reply.error);
    this.#times.record(elements, reply.ms);
    return reply.outputs;
  }
}

function countElements(feeds: Feeds): number {
  let count = 0;
  for (const name in feeds) count += (feeds[name] as TensorParts).data.length;
  return count;
}

function failedRun(message: string): Error {
  return refuseInput(`onnxruntime refuses the input: ${message}`);
}
