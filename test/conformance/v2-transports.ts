/** Every way in which one inference reaches a model: REST and gRPC, with elements in lists and raw, and a real client. */
import type { FastifyInstance } from 'fastify';
import type { PyValue } from '../../src/data/py-value.ts';
import type { ModelTensors } from '../../src/payload/oip/model-tensors.ts';
import { writeBinaryData } from '../../src/payload/oip/write-tensor.ts';
import type { ServedModel } from '../../src/repository/model-repository.ts';
import { repositoryOf } from '../../src/repository/repository-of.ts';
import { createScoringServer } from '../../src/server/create-scoring-server.ts';
import { listen } from '../../src/server/listen.ts';
import type { TritonInput, TritonProcess, TritonRequest } from '../clients/triton-process.ts';
import { type PublishedSchema, violations } from './published-rest.ts';
import { type GrpcCaller, startGrpcCaller } from './grpc-caller.ts';
import { readGrpcAnswer, readV2Answer } from './v2-answer.ts';
import { type V2Tensors, writeV2Request } from './v2-request.ts';

/** Values by output; null where the transport has no form for the request. */
export type V2Values = Map<string, unknown[]>;

/** One way. @throws where the server refuses */
export interface V2Transport {
  readonly name: string;
  infer(request: V2Tensors): Promise<V2Values | null>;
}

/** A model behind all of them, and behind `/invocations`. */
export interface V2Server {
  readonly app: FastifyInstance;
  readonly transports: readonly V2Transport[];
  stop(): Promise<void>;
}

const model = 'm';

type Parts = Parameters<typeof repositoryOf>[0];

const options = { compat: 'slipway', timeoutMs: 60_000, report: () => undefined } as const;

/** Opens the ports; with `triton`, that client is one of the transports. */
export async function startV2Server(
  parts: Omit<Parts, 'name' | 'version'>,
  triton: TritonProcess | null,
): Promise<V2Server> {
  const repository = repositoryOf({ ...parts, name: model, version: '1' });
  const server = createScoringServer(parts.service, { ...options, repository });
  const { app } = server;
  await checkMetadata(app);
  const grpc = await startGrpcCaller(repository);
  const transports = [
    rest(app, false),
    rest(app, true),
    overGrpc(grpc, false),
    overGrpc(grpc, true),
  ];
  if (triton !== null) {
    const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
    const served = repository.find(model, null);
    transports.push(
      overTriton(triton, served, 'http', url.replace('http://', '')),
      overTriton(triton, served, 'grpc', `127.0.0.1:${grpc.port}`),
    );
  }
  return {
    app,
    transports,
    stop: async () => {
      await Promise.all([server.stop(), grpc.stop()]);
      await parts.service.close();
    },
  };
}

function rest(app: FastifyInstance, isBinary: boolean): V2Transport {
  return {
    name: isBinary ? 'REST, binary' : 'REST, JSON',
    infer: async (request) => {
      const { body, headerLength } = writeV2Request(request, isBinary);
      const response = await app.inject({
        method: 'POST',
        url: `/v2/models/${model}/infer`,
        headers:
          headerLength === null ? {} : { 'inference-header-content-length': String(headerLength) },
        payload: body,
      });
      if (response.statusCode !== 200)
        throw new Error(`${response.statusCode} ${response.payload.slice(0, 300)}`);
      const length = response.headers['inference-header-content-length'];
      if (length === undefined) holdTo('inference_response', response.payload);
      return readV2Answer(response.rawPayload, length === undefined ? null : Number(length));
    },
  };
}

/** @throws where the published document refuses the answer */
function holdTo(schema: PublishedSchema, json: string): void {
  const [violation] = violations(schema, json);
  if (violation !== undefined) throw new Error(`not of ${schema}: ${violation}`);
}

/** What the server says of itself and of its model is as published. */
async function checkMetadata(app: FastifyInstance): Promise<void> {
  const server = await app.inject({ method: 'GET', url: '/v2' });
  holdTo('metadata_server_response', server.payload);
  const described = await app.inject({ method: 'GET', url: `/v2/models/${model}` });
  holdTo('metadata_model_response', described.payload);
  const refused = await app.inject({ method: 'POST', url: `/v2/models/${model}/infer` });
  holdTo('inference_error_response', refused.payload);
}

function overGrpc(caller: GrpcCaller, isRaw: boolean): V2Transport {
  return {
    name: isRaw ? 'gRPC, raw' : 'gRPC, lists',
    infer: async (request) => {
      const response = await caller.infer(model, request, isRaw);
      return response === null ? null : readGrpcAnswer(response);
    },
  };
}

function overTriton(
  triton: TritonProcess,
  { tensors }: ServedModel,
  protocol: TritonRequest['protocol'],
  address: string,
): V2Transport {
  return {
    name: `tritonclient, ${protocol}`,
    infer: async ({ inputs, params }) => {
      const given = tritonInputs(inputs, tensors);
      const entries = [...(params ?? [])];
      if (given === null || !fitsTriton(entries, protocol)) return null;
      const plain = entries.map(([name, value]) => [name, plainParam(value)] as const);
      const request = { protocol, address, model, params: Object.fromEntries(plain) };
      const answer = await triton.ask({ ...request, inputs: given });
      if ('error' in answer) throw new Error(answer.error);
      return new Map(Object.entries(answer.outputs).map(([name, values]) => [name, [...values]]));
    },
  };
}

/** The client sends no content types, so the signature must say them; null where it says others. */
function tritonInputs(
  inputs: V2Tensors['inputs'],
  { inputsByName }: ModelTensors,
): readonly TritonInput[] | null {
  const given = inputs.map((input): TritonInput | null => {
    const { name, shape, content, contentType } = input;
    const raw = writeBinaryData(input);
    const isTold =
      contentType === null || contentType === (inputsByName.get(name)?.contentType ?? 'str');
    if (raw === null || !isTold || contentType === 'base64') return null;
    return { name, shape, datatype: content.datatype, raw: Buffer.from(raw).toString('base64') };
  });
  return given.every((one) => one !== null) ? given : null;
}

/** What JSON says exactly; over gRPC the client takes no floats, and its maps have no order. */
function fitsTriton(
  params: readonly (readonly [string, PyValue])[],
  protocol: TritonRequest['protocol'],
): boolean {
  if (protocol === 'grpc' && params.length > 1) return false;
  return params.every(([, value]) => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value));
    if (typeof value === 'number') return protocol === 'http' && Number.isFinite(value);
    return typeof value === 'string' || typeof value === 'boolean';
  });
}

function plainParam(value: PyValue): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
