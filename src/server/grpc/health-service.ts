/** gRPC's own health service: the server under the empty name and that of the inference service, and each model under its name. */
import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  status as StatusCodes,
} from '@grpc/grpc-js';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { ModelRepository } from '../../repository/model-repository.ts';
import { inferenceService } from './inference-service.ts';

type Status = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** Null is a message that could not be read. */
type Asked = { readonly service: string } | null;

interface Told {
  readonly status: Status;
}

/** The implementation of `grpc.health.v1.Health`. */
export interface HealthService {
  readonly Check: (call: ServerUnaryCall<Asked, Told>, answer: sendUnaryData<Told>) => void;
  readonly Watch: (call: ServerWritableStream<Asked, Told>) => void;
  readonly List: (call: unknown, answer: sendUnaryData<object>) => void;
  /** From now on nothing serves; those who watch are told, and their calls end. */
  readonly stop: () => void;
}

/** How often a watched status is looked at, in milliseconds. */
const watchIntervalMs = 500;

/** Makes the service; `codes` are gRPC's. */
export function healthService(
  repository: ModelRepository,
  codes: typeof StatusCodes,
): HealthService {
  const watchers = new Set<() => void>();
  let stopped = false;
  const statusOf = (service: string): Status =>
    stopped ? 'NOT_SERVING' : currentStatus(repository, service);
  const unreadable = {
    code: codes.INVALID_ARGUMENT,
    details: 'The message is not one of the protocol.',
  };
  return {
    Check: ({ request }, answer) => {
      if (request === null) return answer(unreadable);
      const { service } = request;
      const status = statusOf(service);
      if (status !== 'SERVICE_UNKNOWN') return answer(null, { status });
      return answer({ code: codes.NOT_FOUND, details: `Model ${service} not found` });
    },
    Watch: (call) => {
      const { request } = call;
      if (request === null) {
        call.emit('error', unreadable);
        return;
      }
      let told: Status | null = null;
      const tell = (): void => {
        const status = statusOf(request.service);
        if (status !== told) call.write({ status });
        told = status;
        if (stopped) call.end();
      };
      const timer = setInterval(tell, watchIntervalMs).unref();
      watchers.add(tell);
      call.once('cancelled', forget).once('close', forget);
      function forget(): void {
        clearInterval(timer);
        watchers.delete(tell);
      }
      tell();
    },
    List: (_call, answer) => {
      listed(repository).then(
        (names) => answer(null, { statuses: statusesOf(names, statusOf) }),
        (error: unknown) => answer({ code: codes.UNAVAILABLE, details: String(error) }),
      );
    },
    stop: () => {
      stopped = true;
      for (const tell of watchers) tell();
    },
  };
}

async function listed(repository: ModelRepository): Promise<readonly string[]> {
  const models = await repository.index();
  return ['', inferenceService, ...models.map(({ name }) => name)];
}

function statusesOf(
  names: readonly string[],
  statusOf: (name: string) => Status,
): Readonly<Record<string, Told>> {
  return Object.fromEntries(names.map((name) => [name, { status: statusOf(name) }]));
}

function currentStatus(repository: ModelRepository, service: string): Status {
  if (service === '' || service === inferenceService) return serving(repository.isReady());
  try {
    repository.find(service, null);
    return 'SERVING';
  } catch (error) {
    return isSlipwayError(error, 'SERVED_MODEL_NOT_FOUND') ? 'SERVICE_UNKNOWN' : 'NOT_SERVING';
  }
}

function serving(isReady: boolean): Status {
  return isReady ? 'SERVING' : 'NOT_SERVING';
}
