/** tritonclient in a Python process that answers a line for a line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** One inference that the client makes. */
export interface TritonRequest {
  readonly protocol: 'http' | 'grpc';
  /** Host and port. */
  readonly address: string;
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly TritonInput[];
}

/** A tensor; `raw` are its elements as a binary tensor, in base64. */
export interface TritonInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly raw: string;
}

/** Values by output, floats as numbers, NaN as null; or what the client raised. */
export type TritonAnswer =
  | { readonly outputs: Readonly<Record<string, readonly unknown[]>> }
  | { readonly error: string };

/** The process. */
export interface TritonProcess {
  /** Sends one request and waits for its answer; one at a time. */
  ask(request: TritonRequest): Promise<TritonAnswer>;
  stop(): Promise<void>;
}

/** Starts it. */
export function startTriton(python: string): TritonProcess {
  const script = path.join(import.meta.dirname, 'triton_requests.py');
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the client ended');
      return JSON.parse(value) as TritonAnswer;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
