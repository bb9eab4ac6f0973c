/** A server of the example model on real sockets, and what must hold of it whatever it is sent. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { unitOpener } from '../../src/backend/open-unit.ts';
import { LiveRepository } from '../../src/repository/live-repository.ts';
import { preferredResponder } from '../../src/repository/preferred-responder.ts';
import { createDoors } from '../../src/server/doors/doors.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { createGrpcServer, type GrpcServer } from '../../src/server/grpc/create-grpc-server.ts';
import { listenGrpc } from '../../src/server/grpc/listen-grpc.ts';
import { listen } from '../../src/server/listen.ts';
import { projectRoot } from '../architecture/source-files.ts';

/** Requests in all; `npm run soak` asks for 20,000. One in five is one of gRPC. */
export const fuzzedRequests: number = Number(process.env['SLIPWAY_FUZZ_REQUESTS'] ?? 2000);

const model = path.join(projectRoot, 'examples/diabetes/model');

/** A request that the model takes. */
export const goodBody: Buffer = readFileSync(path.join(model, 'serving_input_example.json'));

/** The same for the Open Inference Protocol. */
export const goodInference: Buffer = Buffer.from(
  JSON.stringify({
    inputs: ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'].map((name) => ({
      name,
      shape: [2, 1],
      datatype: 'FP64',
      data: [0.5, -0.25],
    })),
  }),
);

/** What a server with doors wants to see. */
export const fuzzedKey: string = 'key-1';

/** The server. */
export interface FuzzedServer {
  readonly port: number;
  readonly grpc: GrpcServer;
  readonly grpcPort: number;
  /** What the server reported as its own fault. */
  readonly reports: readonly string[];
  /** The answer to {@link goodBody}, which is always the same. */
  answer(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it, perhaps with a key, a host check and CORS; what takes longer than `timeoutMs` to arrive is given up. */
export async function startFuzzedServer(
  timeoutMs: number,
  hasDoors = false,
): Promise<FuzzedServer> {
  const resolved = resolveBackendOptions({ runtime: 'native' });
  const limits = { port: 0, timeoutSeconds: timeoutMs / 1000 };
  const unit = { id: 'model', uri: model, name: 'm', version: '1' };
  const hooks = { metrics: null, onSelected: () => undefined, report: () => undefined };
  const open = unitOpener(limits, resolved, hooks);
  const repository = new LiveRepository({ open, scan: async () => [unit] });
  await repository.start([unit]);
  const reports: string[] = [];
  const report = (text: string): void => void reports.push(text);
  const options = { bodyLimitBytes: 2 ** 20, report, repository };
  const doors = createDoors({
    host: '127.0.0.1',
    apiKeys: [fuzzedKey],
    corsOrigins: ['http://a.example'],
  });
  const server = createScoringServer(preferredResponder(repository), {
    ...options,
    compat: 'slipway',
    timeoutMs,
    ...(hasDoors && { doors }),
  });
  const { port, url } = await listen(server, { host: '127.0.0.1', port: 0 });
  const grpc = createGrpcServer({ ...options, keepaliveMs: 1000 });
  const grpcPort = await listenGrpc(grpc, { host: '127.0.0.1', port: 0 });
  return {
    port,
    grpc,
    grpcPort,
    reports,
    answer: async () => {
      const headers = { 'content-type': 'application/json', 'x-api-key': fuzzedKey };
      const sent = { method: 'POST', headers, body: new Uint8Array(goodBody) };
      const response = await fetch(`${url}/invocations`, sent);
      return `${response.status} ${await response.text()}`;
    },
    stop: async () => {
      await Promise.all([server.stop(), grpc.stop(timeoutMs)]);
      await repository.close();
    },
  };
}

/** Runs `count` cases, some at a time. */
export async function runCases(
  count: number,
  atOnce: number,
  run: (at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
