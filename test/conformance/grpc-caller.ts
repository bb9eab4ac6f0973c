/** Asks a gRPC server for inferences: each request once in lists and once raw. */
import type { Client } from '@grpc/grpc-js';
import type { PyValue } from '../../src/data/py-value.ts';
import type {
  InferResponseMessage,
  LongInteger,
  ParameterMessage,
} from '../../src/payload/oip/infer-message.ts';
import { tensorMessage } from '../../src/payload/oip/write-infer-message.ts';
import { writeBinaryData } from '../../src/payload/oip/write-tensor.ts';
import type { ModelRepository } from '../../src/repository/model-repository.ts';
import { createGrpcServer } from '../../src/server/grpc/create-grpc-server.ts';
import { listenGrpc } from '../../src/server/grpc/listen-grpc.ts';
import type { V2Tensors } from './v2-request.ts';

/** A server and a client of it. */
export interface GrpcCaller {
  readonly port: number;
  /** Null where the protocol has no form for the request: missing texts, params that are lists. */
  infer(model: string, request: V2Tensors, isRaw: boolean): Promise<InferResponseMessage | null>;
  stop(): Promise<void>;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (message: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => InferResponseMessage;
}

/** Starts both. */
export async function startGrpcCaller(repository: ModelRepository): Promise<GrpcCaller> {
  const server = createGrpcServer({
    repository,
    bodyLimitBytes: 2 ** 30,
    report: () => undefined,
  });
  const port = await listenGrpc(server, { host: '127.0.0.1', port: 0 });
  const { library, definitions } = server.loaded;
  const client = new library.Client(`127.0.0.1:${port}`, library.credentials.createInsecure());
  const { ModelInfer } = definitions['inference.GRPCInferenceService'] as never as {
    readonly ModelInfer: Method;
  };
  return {
    port,
    infer: async (model, request, isRaw) => {
      const message = requestMessage(model, request, isRaw);
      return message === null ? null : send(client, ModelInfer, message);
    },
    stop: () => {
      client.close();
      return server.stop(60_000);
    },
  };
}

function send(client: Client, method: Method, message: object): Promise<InferResponseMessage> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      message,
      (error, response) => (error === null ? resolve(response!) : reject(error)),
    );
  });
}

function requestMessage(
  modelName: string,
  { inputs, params }: V2Tensors,
  isRaw: boolean,
): object | null {
  const raw = inputs.map((input) => writeBinaryData(input));
  const parameters = Object.entries(parametersOf(params ?? new Map()));
  if (raw.includes(null) || parameters.some(([, value]) => value === null)) return null;
  const allRaw = isRaw || inputs.some(({ content }) => content.datatype === 'FP16');
  return {
    modelName,
    parameters: Object.fromEntries(parameters),
    inputs: inputs.map((input) => tensorMessage(input, allRaw)),
    rawInputContents: allRaw ? raw : [],
  };
}

/** Params as messages; null for one that gRPC has no form for. */
function parametersOf(
  params: ReadonlyMap<string, PyValue>,
): Readonly<Record<string, ParameterMessage | null>> {
  return Object.fromEntries([...params].map(([name, value]) => [name, parameterOf(value)]));
}

function parameterOf(value: PyValue): ParameterMessage | null {
  switch (typeof value) {
    case 'bigint':
      if (BigInt.asIntN(64, value) === value) return { int64Param: long(value, false) };
      return BigInt.asUintN(64, value) === value ? { uint64Param: long(value, true) } : null;
    case 'boolean':
      return { boolParam: value };
    case 'string':
      return { stringParam: value };
    case 'number':
      return { doubleParam: value };
    default:
      return null;
  }
}

function long(value: bigint, unsigned: boolean): LongInteger {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned,
  };
}
