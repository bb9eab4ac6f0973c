/** Every call of gRPC over a real socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frame } from '../../src/data/frame.ts';
import { ndArray } from '../../src/data/nd-array.ts';
import type { PyValue } from '../../src/data/py-value.ts';
import type { ScoringInput } from '../../src/data/scoring-data.ts';
import { slipwayError } from '../../src/errors/slipway-error.ts';
import { type GrpcFixture, type Message, methodOf, startGrpcFixture } from './grpc-fixture.ts';

let fixture: GrpcFixture;

beforeEach(async () => {
  fixture = await startGrpcFixture();
});

afterEach(() => fixture.stop());

const a = { name: 'a', datatype: 'FP64', shape: [2, 1], contents: { fp64Contents: [1, 2] } };

describe('server and model', () => {
  it('say what they are', async () => {
    expect(await fixture.call('ServerLive')).toEqual({ live: true });
    expect(await fixture.call('ServerReady')).toEqual({ ready: true });
    expect(await fixture.call('ServerMetadata')).toMatchObject({
      name: 'slipway',
      extensions: ['binary_tensor_data', 'model_repository'],
    });
    expect(await fixture.call('ModelReady', { name: 'm', version: '3' })).toEqual({ ready: true });
    const { inputs, outputs, ...rest } = await fixture.call('ModelMetadata', { name: 'm' });
    expect(rest).toMatchObject({ name: 'm', versions: ['3'], platform: 'mlflow' });
    expect(inputs).toMatchObject([
      { name: 'a', datatype: 'FP64', parameters: { content_type: { stringParam: 'np' } } },
      { name: 'b', datatype: 'INT64' },
    ]);
    expect(outputs).toMatchObject([{ name: 'output-0', datatype: 'FP32' }]);
  });

  it('are in the index, and refused by name', async () => {
    const models = [{ name: 'm', version: '3', state: 'READY', reason: '' }];
    expect(await fixture.call('RepositoryIndex')).toEqual({ models });
    expect(await fixture.call('RepositoryModelLoad', { modelName: 'm' })).toEqual({});
    expect(await fixture.call('RepositoryModelUnload', { modelName: 'm' })).toEqual({});
    expect(await fixture.call('ModelReady', { name: 'm' })).toEqual({ ready: false });
    expect(await fixture.call('RepositoryIndex', { ready: true })).toEqual({ models: [] });
    expect(await fixture.call('RepositoryModelLoad', { modelName: 'm' })).toEqual({});
    expect(await fixture.call('ModelReady', { name: 'm' })).toEqual({ ready: true });
    expect(await fixture.refusal('ModelReady', { name: 'x' })).toBe('NOT_FOUND: Model x not found');
    expect(await fixture.refusal('ModelInfer', { modelName: 'm', modelVersion: '4' })).toBe(
      'NOT_FOUND: Model m with version 4 not found',
    );
  });
});

describe('health', () => {
  const service = 'grpc.health.v1.Health';

  it.each(['', 'inference.GRPCInferenceService', 'm'])('of %j is told', async (name) => {
    expect(await fixture.call('Check', { service: name }, { service })).toEqual({ status: 1 });
  });

  it('follows readiness, and knows nothing else', async () => {
    fixture.isReady = false;
    expect(await fixture.call('Check', {}, { service })).toEqual({ status: 2 });
    expect(await fixture.call('ServerReady')).toEqual({ ready: false });
    await expect(fixture.call('Check', { service: 'x' }, { service })).rejects.toThrow('NOT_FOUND');
    const { statuses } = await fixture.call('List', {}, { service });
    expect(statuses).toMatchObject({ '': { status: 2 }, m: { status: 1 } });
  });

  it('is watched until the server stops', async () => {
    const watch = methodOf(fixture.server, service, 'Watch');
    const { path, requestSerialize, responseDeserialize } = watch;
    const stream = fixture.client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
    );
    const seen: unknown[] = [];
    const ended = new Promise((resolve) => stream.on('end', resolve).on('error', resolve));
    const first = new Promise((resolve) => stream.once('data', resolve));
    stream.on('data', ({ status }: Message) => seen.push(status));
    await first;
    await fixture.server.stop(5000);
    await ended;
    expect(seen).toEqual([1, 2]);
  });
});

describe('infer', () => {
  it('answers in lists where the inputs came in lists', async () => {
    const response = await fixture.call('ModelInfer', { modelName: 'm', id: 'é', inputs: [a] });
    expect(response).toMatchObject({
      modelName: 'm',
      modelVersion: '3',
      id: 'é',
      parameters: { content_type: { stringParam: 'np' } },
      outputs: [{ name: 'output-1', datatype: 'FP32', contents: { fp32Contents: [0.5, -1.5] } }],
      rawOutputContents: [],
    });
  });

  it('answers raw where they came raw, by the name that is asked for, with params', async () => {
    let seen: { input: ScoringInput; params: PyValue } | null = null;
    fixture.predict = async (input, params) => {
      seen = { input, params };
      return ndArray({ dtype: 'float32', values: Float32Array.of(0.5, -1.5) });
    };
    const response = await fixture.call('ModelInfer', {
      modelName: 'm',
      parameters: { k: { int64Param: 7 }, other: { boolParam: true } },
      inputs: [{ ...a, contents: null }],
      outputs: [{ name: 'output-0' }],
      rawInputContents: [Buffer.from(Float64Array.of(2.5, 3.5).buffer)],
    });
    expect(response).toMatchObject({
      outputs: [{ name: 'output-0', contents: null }],
      rawOutputContents: [Buffer.from(Float32Array.of(0.5, -1.5).buffer)],
    });
    expect(seen).toEqual({
      input: frame([{ label: 'a', data: { dtype: 'float64', values: Float64Array.of(2.5, 3.5) } }]),
      params: new Map([['k', 7n]]),
    });
  });

  const c = { ...a, name: 'c' };
  const raw = Buffer.alloc(16);
  it.each([
    [{ inputs: [c] }, "Input 'c' is not known to the model; its inputs are 'a', 'b'."],
    [{ inputs: [] }, '"inputs" is empty'],
    [{ inputs: [a, a] }, 'two inputs have the same name'],
    [{ inputs: [{ ...a, datatype: 'BF16' }] }, 'has no datatype that is known'],
    [{ inputs: [{ ...a, shape: [-1] }] }, 'has a "shape" with something other than'],
    [{ inputs: [{ ...a, shape: [2 ** 52, 2 ** 52] }] }, 'more than any request can hold'],
    [{ inputs: [{ ...a, shape: [3, 1] }] }, 'is 3 elements, but "data" has 2'],
    [
      { inputs: [{ ...a, datatype: 'INT32' }] },
      "Input 'a' has elements in fp64_contents; those of INT32 belong in int_contents.",
    ],
    [{ inputs: [{ ...a, datatype: 'FP16' }] }, 'FP16 must be sent in raw_input_contents'],
    [
      { inputs: [{ ...a, datatype: 'INT8', contents: { intContents: [1, 128] } }] },
      'wants integers; element 1 is a number that its datatype does not hold',
    ],
    [{ inputs: [a], rawInputContents: [raw, raw] }, '1 inputs, but 2 raw_input_contents'],
    [{ inputs: [a], rawInputContents: [raw] }, 'has both "contents" and raw_input_contents'],
    [{ inputs: [a], outputs: [{ name: 'y' }] }, "there is no output 'y'"],
    [{ inputs: [a], parameters: { k: { stringParam: 'x' } } }, 'Invalid parameters found'],
  ])('refuses %j', async (message, reason) => {
    const said = await fixture.refusal('ModelInfer', { modelName: 'm', ...message });
    expect(said).toMatch(/^INVALID_ARGUMENT: /);
    expect(said).toContain(reason);
  });

  it('refuses what is no message, and what is too large', async () => {
    expect(await fixture.refusal('ModelInfer', Buffer.of(0x2a, 0x05, 0x0a))).toBe(
      'INVALID_ARGUMENT: Invalid inference request: the message is not one of the protocol.',
    );
    const large = { modelName: 'm', inputs: [a], rawInputContents: [Buffer.alloc(20_000)] };
    expect(await fixture.refusal('ModelInfer', large)).toMatch(/^RESOURCE_EXHAUSTED: .*20000/);
  });

  it.each([
    ['QUEUE_FULL', 'UNAVAILABLE: wait'],
    ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED: wait'],
    ['SERVED_MODEL_NOT_READY', 'UNAVAILABLE: wait'],
    ['CAPABILITY_UNAVAILABLE', 'UNIMPLEMENTED: wait'],
  ] as const)('answers %s with %s', async (code, said) => {
    fixture.predict = () => Promise.reject(slipwayError(code, 'wait'));
    expect(await fixture.refusal('ModelInfer', { modelName: 'm', inputs: [a] })).toBe(said);
  });

  it('says nothing of a bug, and reports it', async () => {
    fixture.predict = () => Promise.reject(new TypeError('oops'));
    const said = await fixture.refusal('ModelInfer', { modelName: 'm', inputs: [a] });
    expect(said).toBe('INTERNAL: Internal Server Error');
    expect(fixture.reports.join()).toContain('oops');
  });

  it('says long messages, and ones that no header holds, as far as it can', async () => {
    fixture.predict = () =>
      Promise.reject(slipwayError('PREDICT_FAILED', `\ud800${'é'.repeat(9000)}`));
    const said = await fixture.refusal('ModelInfer', { modelName: 'm', inputs: [a] });
    expect(said).toMatch(/^INVALID_ARGUMENT: \ufffdé+.?…$/);
  });

  it('answers what is in flight when the server is told to stop', async () => {
    let begun: () => void;
    const started = new Promise<void>((resolve) => (begun = resolve));
    let finish: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    fixture.predict = async () => {
      begun();
      await finished;
      return ndArray({ dtype: 'float32', values: Float32Array.of(1, 2) });
    };
    const answer = fixture.call('ModelInfer', { modelName: 'm', inputs: [a] });
    await started;
    const stopped = fixture.server.stop(30_000);
    finish!();
    expect(await answer).toMatchObject({ outputs: [{ contents: { fp32Contents: [1, 2] } }] });
    await stopped;
  });

  it("ends the work when the client's own deadline passes", async () => {
    const aborted = new Promise<void>((resolve) => {
      fixture.predict = (_input, _params, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            resolve();
            reject(new Error('aborted'));
          });
        });
    });
    const said = await fixture.refusal(
      'ModelInfer',
      { modelName: 'm', inputs: [a] },
      { deadlineMs: 100 },
    );
    expect(said).toMatch(/^DEADLINE_EXCEEDED/);
    await aborted;
  });
});

describe('reflection', () => {
  it('lists the services', async () => {
    const file = ['grpc.reflection.v1.ServerReflection', 'ServerReflectionInfo'].join('/');
    const stream = fixture.client.makeBidiStreamRequest(
      `/${file}`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes.toString('latin1'),
    );
    const answer = new Promise<string>((resolve, reject) =>
      stream.on('data', resolve).on('error', reject),
    );
    stream.write(Buffer.from('\x3a\x01*', 'latin1'));
    const text = await answer;
    stream.end();
    expect(text).toContain('inference.GRPCInferenceService');
    expect(text).toContain('grpc.health.v1.Health');
  });
});
