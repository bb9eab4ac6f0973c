/**
 * Clients of gRPC that call again as soon as they are answered, each on a connection of its own, and never make a call
 * twice. Only the library does, as gRPC's protocol has it, with what never left the client, or what the server says it has not begun.
 */
import type { Client, ServiceError } from '@grpc/grpc-js';
import { loadGrpc } from '../../src/server/grpc/load-grpc.ts';

/** What became of the calls. */
export interface Called {
  /** Values of the first output, and how often they came. */
  readonly answers: Map<string, number>;
  /** Anything else that came of a call, as `CODE: message`. */
  readonly failures: string[];
  /** All clients have ended: told to, or nobody listens any more. */
  readonly ended: Promise<void>;
  /** Ends the clients. */
  stop(): void;
  /** Answers so far. */
  count(): number;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (message: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => InferMessage;
}

interface InferMessage {
  readonly outputs: readonly { readonly contents: Readonly<Record<string, readonly number[]>> }[];
}

/** How the clients call. */
export interface CallingOptions {
  readonly port: number;
  readonly clients: number;
  /** A `ModelInferRequest`. */
  readonly message: object;
  /** Calls at once on each connection. */
  readonly atOnce: number;
}

/** Starts them. */
export function callSteadily({ port, clients, message, atOnce }: CallingOptions): Called {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let isStopped = false;
  const note = (error: ServiceError | null, values: string): boolean => {
    if (error === null) answers.set(values, (answers.get(values) ?? 0) + 1);
    // Nothing was sent: there is nobody to connect to.
    else if (!/ECONNREFUSED/.test(error.details)) failures.push(`${error.code}: ${error.details}`);
    return error === null && !isStopped;
  };
  const run = async (): Promise<void> => {
    const [client, call] = connect(port, message);
    const lane = async (): Promise<void> => {
      while (note(...(await call())));
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    client.close();
  };
  const ended = Promise.all(Array.from({ length: clients }, run)).then(() => undefined);
  return {
    answers,
    failures,
    ended,
    stop: () => (isStopped = true),
    count: () => [...answers.values()].reduce((sum, count) => sum + count, 0),
  };
}

type Call = () => Promise<readonly [ServiceError | null, string]>;

function connect(port: number, message: object): readonly [Client, Call] {
  const { library, definitions } = loadGrpc();
  const { ModelInfer: method } = definitions['inference.GRPCInferenceService'] as never as {
    readonly ModelInfer: Method;
  };
  const client = new library.Client(`127.0.0.1:${port}`, library.credentials.createInsecure(), {
    // Otherwise clients of one process share a connection.
    'grpc.use_local_subchannel_pool': 1,
  });
  const call: Call = () =>
    new Promise((resolve) => {
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
        { deadline: Date.now() + 20_000 },
        (error, answer) => {
          const values = Object.values(answer?.outputs[0]?.contents ?? {}).find(
            ({ length }) => length > 0,
          );
          resolve([error, JSON.stringify(values)]);
        },
      );
    });
  return [client, call];
}
