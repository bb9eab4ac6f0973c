/** A gRPC server over two models that share a scorer, and a client of it. */
import type { Client, ServiceError } from '@grpc/grpc-js';
import type { PyValue } from '../../src/data/py-value.ts';
import type { Prediction, ScoringInput } from '../../src/data/scoring-data.ts';
import type { Signature } from '../../src/model/signature.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { createGrpcServer, type GrpcServer } from '../../src/server/grpc/create-grpc-server.ts';
import { listenGrpc } from '../../src/server/grpc/listen-grpc.ts';
import type { Metrics } from '../../src/observe/metrics.ts';
import { Observer } from '../../src/observe/observer.ts';
import { createServedModel, type ServedModelParts } from '../../src/repository/model-repository.ts';
import { repositoryOf } from '../../src/repository/repository-of.ts';
import { servingOptions, twoColumnSignature, twoNumbers } from '../server/two-column-model.ts';

/** A message as the client holds it. */
export type Message = Readonly<Record<string, unknown>>;

type Predict = (input: ScoringInput, params: PyValue, signal: AbortSignal) => Promise<Prediction>;

/** What a test changes and looks at. */
export interface GrpcFixture {
  readonly server: GrpcServer;
  readonly client: Client;
  /** What both models do: `m`, which has a signature, and `free`, which has none. */
  predict: Predict;
  isReady: boolean;
  readonly reports: string[];
  /** One call; rejects with what the server said. */
  call(method: string, message?: Message | Buffer, more?: CallOptions): Promise<Message>;
  /** `CODE: message` of a call that fails. */
  refusal(method: string, message: Message | Buffer, more?: CallOptions): Promise<string>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly service?: string;
  readonly deadlineMs?: number;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (value: Message) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Message;
}

/** A method of a service of the server. */
export function methodOf({ loaded }: GrpcServer, service: string, method: string): Method {
  return (loaded.definitions[service] as never as Record<string, Method>)[method]!;
}

/** Starts the server; with `metrics`, it counts. */
export async function startGrpcFixture(metrics: Metrics | null = null): Promise<GrpcFixture> {
  const reports: string[] = [];
  const scorer = {
    predict: (...given: Parameters<Predict>) => fixture.predict(...given),
    close: async () => undefined,
  };
  const free = createServedModel({ name: 'free', version: null, ...target(null) });
  const fixed = repositoryOf({ name: 'm', version: '3', ...target(twoColumnSignature) });
  const find = fixed.find.bind(fixed);
  const repository = Object.assign(fixed, {
    isReady: () => fixture.isReady,
    find: (name: string, version: string | null) => (name === 'free' ? free : find(name, version)),
  });
  const report = (text: string): void => void reports.push(text);
  const server = createGrpcServer({
    repository,
    bodyLimitBytes: 20_000,
    report,
    observer: metrics === null ? undefined : observerOf(metrics),
  });
  const port = await listenGrpc(server, { host: '127.0.0.1', port: 0 });
  const { library } = server.loaded;
  const client = new library.Client(`127.0.0.1:${port}`, library.credentials.createInsecure());
  const call: GrpcFixture['call'] = (method, message = {}, more = {}) =>
    callMethod(client, server, method, message, more);
  const fixture: GrpcFixture = {
    server,
    client,
    predict: async () => twoNumbers(),
    isReady: true,
    reports,
    call,
    refusal: (...asked) =>
      call(...asked).then(
        () => 'no error',
        ({ code, details }: ServiceError) => `${library.status[code]}: ${details}`,
      ),
    stop: () => {
      client.close();
      return server.stop(5000);
    },
  };
  return fixture;

  function target(one: Signature | null): Pick<ServedModelParts, 'service' | 'signature'> {
    const name = one === null ? 'free' : 'm';
    const observer = metrics === null ? {} : { observer: metrics.open(name, '3') };
    const service = createScoringService(
      { scorer, signature: one },
      { ...servingOptions, ...observer },
    );
    return { service, signature: one };
  }
}

function observerOf(metrics: Metrics): Observer {
  return new Observer({
    metrics,
    requestIds: (given) => given ?? 'new',
    serverTiming: false,
    accessLog: null,
    close: async () => undefined,
  });
}

function callMethod(
  client: Client,
  server: GrpcServer,
  method: string,
  message: Message | Buffer,
  { service = 'inference.GRPCInferenceService', deadlineMs = 10_000 }: CallOptions,
): Promise<Message> {
  const { path, requestSerialize, responseDeserialize } = methodOf(server, service, method);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (value: Message | Buffer) => (Buffer.isBuffer(value) ? value : requestSerialize(value)),
      responseDeserialize,
      message,
      { deadline: Date.now() + deadlineMs },
      (error: ServiceError | null, response?: Message) =>
        error === null ? resolve(response!) : reject(error),
    );
  });
}
