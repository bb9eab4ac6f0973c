/** A Python model behind our server on a real socket, and a look at what is left of its processes. */
import { randomUUID } from 'node:crypto';
import type { Scorer } from '../../src/contract/scorer.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { listen } from '../../src/server/listen.ts';
import { referenceEnvironment } from '../conformance/reference-python.ts';
import { markedProcesses, markVariable } from '../workers/fixture-pool.ts';

/** How the model is served. */
export interface PythonServerOptions {
  readonly workers?: number;
  readonly threads?: number;
  /** Default: 60,000. */
  readonly timeoutMs?: number;
  readonly batching?: boolean;
  /** Put around the scorer. Default: nothing. */
  readonly wrap?: (scorer: Scorer) => Scorer;
}

/** What a request has beside its body. */
export interface PostOptions {
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** A running server. */
export interface PythonServer {
  readonly port: number;
  /** Processes of its workers, and what they started. */
  processes(): readonly number[];
  /** Requests that the model has in hand. */
  readonly running: () => number;
  /** Posts to /invocations. */
  post(body: string, options?: PostOptions): Promise<Response>;
  /** The same for a probe model, told what to do: its status and its answer's text. */
  tell(order: Readonly<Record<string, unknown>>): Promise<{ status: number; text: string }>;
  /** Ends it. @returns pids of the processes that are left */
  close(): Promise<readonly number[]>;
}

/** Serves `model` on a free port. Needs the reference Python. */
export async function servePython(
  model: SavedModel,
  { workers, threads, timeoutMs = 60_000, batching = true, wrap }: PythonServerOptions = {},
): Promise<PythonServer> {
  const mark = randomUUID();
  const environment = { ...referenceEnvironment(), variables: { [markVariable]: mark } };
  const opened = await createPythonRuntime().open(model, environment, {
    timeoutMs,
    ...(workers === undefined ? {} : { workers }),
    ...(threads === undefined ? {} : { threads }),
  });
  const scorer = wrap === undefined ? opened : wrap(opened);
  const service = createScoringService(
    { scorer, signature: model.signature },
    { compat: 'slipway', lenientTypes: false, nonFinite: 'tokens', timeoutMs, batching },
  );
  const server = createScoringServer(service, { compat: 'slipway', timeoutMs });
  const { url, port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const post = (body: string, { accept = '*/*', ...init }: PostOptions = {}): Promise<Response> =>
    fetch(`${url}/invocations`, {
      method: 'POST',
      body,
      ...init,
      headers: { 'content-type': 'application/json', accept },
    });
  return {
    port,
    processes: () => markedProcesses(mark),
    running: () => service.load.running,
    post,
    async tell(order) {
      const response = await post(JSON.stringify({ prompt: order }));
      return { status: response.status, text: await response.text() };
    },
    async close() {
      await server.stop();
      await service.close();
      return markedProcesses(mark);
    },
  };
}
