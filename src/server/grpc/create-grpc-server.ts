/** The gRPC server: the Open Inference Protocol, gRPC's health service and server reflection. */
import type { sendUnaryData, Server, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { invalidRequest } from '../../payload/oip/oip-error.ts';
import type { Observer } from '../../observe/observer.ts';
import type { KeyChecker } from '../doors/api-keys.ts';
import { keyRequired } from '../doors/key-required.ts';
import type { Caller } from '../../scoring/deadline.ts';
import type { RequestNotes } from '../../scoring/request-notes.ts';
import { type Report, reportUnexpected } from '../report-unexpected.ts';
import { statusOf } from '../v2/v2-error-answer.ts';
import type { ModelRepository } from '../../repository/model-repository.ts';
import { grpcStatus } from './grpc-status.ts';
import { healthService } from './health-service.ts';
import { type Answer, inferenceAnswers, inferenceService } from './inference-service.ts';
import { type LoadedGrpc, loadGrpc } from './load-grpc.ts';
import { observeCall } from './observe-call.ts';

/** Options of {@link createGrpcServer}. */
export interface GrpcServerOptions {
  readonly repository: ModelRepository;
  /** Largest message in bytes. */
  readonly bodyLimitBytes: number;
  readonly report: Report;
  /**
   * How often a connection is asked whether its client is still there, in milliseconds; without an answer within as long it
   * is closed. Node leaves one open whose frames broke HTTP/2's rules. Default: 60,000.
   */
  readonly keepaliveMs?: number;
  /** Whether a call shows a key, as its metadata `authorization` or `x-api-key`. Default: nobody needs one. */
  readonly hasKey?: KeyChecker | undefined;
  /** Hears of every call of the inference service. Default: nobody does. */
  readonly observer?: Observer | undefined;
}

/** The server, not yet listening. */
export interface GrpcServer {
  readonly server: Server;
  readonly loaded: LoadedGrpc;
  /** Stops accepting; resolves when what is in flight has been answered, or when `timeoutMs` have passed. */
  stop(timeoutMs: number): Promise<void>;
}

/** Makes the server. @throws CAPABILITY_UNAVAILABLE where the libraries are not installed */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const loaded = loadGrpc();
  const { library, definitions, ReflectionService } = loaded;
  const { bodyLimitBytes, keepaliveMs = 60_000 } = options;
  const server = new library.Server({
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': Math.min(keepaliveMs, 20_000),
    'grpc.max_receive_message_length': bodyLimitBytes,
    'grpc.max_send_message_length': -1,
  });
  const health = healthService(options.repository, library.status);
  const { stop: stopHealth, ...healthCalls } = health;
  addInference(server, loaded, options);
  server.addService(leniently(definitions[healthServiceName] as ServiceDefinition), healthCalls);
  new ReflectionService(definitions).addToServer(server);
  return {
    server,
    loaded,
    stop: (timeoutMs) => {
      stopHealth();
      return stopServer(server, timeoutMs);
    },
  };
}

const healthServiceName = 'grpc.health.v1.Health';

/** What cannot be read is null: the library itself would call it an error of the server. */
function leniently(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return method.requestDeserialize(bytes);
      } catch {
        return null;
      }
    };
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods) as ServiceDefinition;
}

type Serve = (call: ServerUnaryCall<Uint8Array, object>, answer: sendUnaryData<object>) => void;

/** Messages arrive as bytes and are read here, so that one that cannot be read is the client's fault and not ours. */
function addInference(server: Server, loaded: LoadedGrpc, options: GrpcServerOptions): void {
  const definition = loaded.definitions[inferenceService] as ServiceDefinition;
  const answers = Object.entries(inferenceAnswers(options.repository));
  const methods = answers.map(([name, answer]) => {
    const method = definition[name];
    if (method === undefined) throw new Error(`the proto has no method ${name}`);
    const serve = unary(answer as Answer<object>, method.requestDeserialize, loaded, options);
    return { name, method: { ...method, requestDeserialize: (bytes: Buffer) => bytes }, serve };
  });
  server.addService(
    Object.fromEntries(methods.map(({ name, method }) => [name, method])),
    Object.fromEntries(methods.map(({ name, serve }) => [name, serve])),
  );
}

function unary(
  answer: Answer<object>,
  read: (bytes: Buffer) => unknown,
  { library }: LoadedGrpc,
  { report, hasKey, observer }: GrpcServerOptions,
): Serve {
  const answerCall = async (
    call: Parameters<Serve>[0],
    notes: RequestNotes | undefined,
  ): Promise<object> => {
    if (hasKey !== undefined) checkKey(call, hasKey);
    const context = { startedAtMs: performance.now(), caller: callerOf(call), notes };
    return answer(readMessage(call.request, read), context);
  };
  const respond: (...given: Parameters<Serve>) => Promise<void> = async (call, send) => {
    const observed = observer === undefined ? null : observeCall(observer, call, library);
    try {
      const message = await answerCall(call, observed?.notes);
      observed?.end(null);
      send(null, message);
    } catch (error) {
      observed?.end(error);
      reportUnexpected(error, statusOf(error), report);
      send(grpcStatus(error, library.status));
    }
  };
  return (call, send) => void respond(call, send);
}

/** @throws API_KEY_REQUIRED */
function checkKey({ metadata }: ServerUnaryCall<Uint8Array, object>, hasKey: KeyChecker): void {
  const [authorization, apiKey] = ['authorization', 'x-api-key'].map((name) =>
    metadata.get(name)[0]?.toString(),
  );
  if (!hasKey(authorization, apiKey)) throw keyRequired();
}

function readMessage(bytes: Uint8Array, read: (bytes: Buffer) => unknown): object {
  try {
    return read(bytes as Buffer) as object;
  } catch (cause) {
    throw invalidRequest('the message is not one of the protocol.', cause);
  }
}

/** A call that is cancelled, or whose own deadline passes, is a client that has left. */
function callerOf(call: ServerUnaryCall<Uint8Array, object>): Caller {
  return {
    get destroyed() {
      return call.cancelled;
    },
    once: (_event, listener) => call.once('cancelled', listener),
    off: (_event, listener) => call.off('cancelled', listener),
  };
}

function stopServer(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
