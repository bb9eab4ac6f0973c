import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InjectOptions, Response } from 'light-my-request';
import type { PyValue } from '../../data/py-value.ts';
import type { Prediction, ScoringInput } from '../../data/scoring-data.ts';
import { frame } from '../../data/frame.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import {
  servingOptions,
  twoColumnSignature as signature,
  twoNumbers,
} from '../../../test/server/two-column-model.ts';
import { createScoringService } from '../../scoring/scoring-service.ts';
import { createScoringServer, type ScoringServer } from '../create-scoring-server.ts';
import { slipwayVersion } from '../slipway-version.ts';
import { repositoryOf } from '../../repository/repository-of.ts';
import type { ModelRepository } from '../../repository/model-repository.ts';

let server: ScoringServer;
let seen: { input: ScoringInput; params: PyValue } | null = null;
let predict: () => Promise<Prediction>;
const reports: string[] = [];

beforeEach(() => {
  predict = async () => twoNumbers();
});

afterEach(async () => {
  await server.stop();
  seen = null;
  reports.length = 0;
});

function serve(change: Partial<ModelRepository> = {}): ScoringServer {
  const scorer = {
    predict: (input: ScoringInput, params: PyValue) => {
      seen = { input, params };
      return predict();
    },
    close: async () => undefined,
  };
  const service = createScoringService({ scorer, signature }, servingOptions);
  const fixed = repositoryOf({ name: 'm', version: '3', service, signature });
  server = createScoringServer(service, {
    ...servingOptions,
    bodyLimitBytes: 2000,
    report: (text) => reports.push(text),
    repository: Object.assign(fixed, change),
  });
  return server;
}

function ask(request: InjectOptions, change: Partial<ModelRepository> = {}): Promise<Response> {
  return serve(change).app.inject(request);
}

const a = { name: 'a', shape: [2, 1], datatype: 'FP64', data: [1, null] };

function infer(payload: object | string, url = '/v2/models/m/infer'): Promise<Response> {
  return ask({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

describe('server', () => {
  it.each(['/v2', '/v2/'])('%s says what it is', async (url) => {
    const response = await ask({ method: 'GET', url });
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.json()).toEqual({
      name: 'slipway',
      version: slipwayVersion,
      extensions: ['binary_tensor_data', 'model_repository'],
    });
  });

  it.each([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { live: true, ready: true }],
    ['/v2/models/m/ready', { name: 'm', ready: true }],
    ['/v2/models/m/versions/3/ready', { name: 'm', ready: true }],
  ])('%s says so', async (url, body) => {
    const response = await ask({ method: 'GET', url });
    expect([response.statusCode, response.json()]).toEqual([200, body]);
  });

  it('is live but not ready while a model is not', async () => {
    const ready = await ask(
      { method: 'GET', url: '/v2/health/ready' },
      { whyNotReady: () => 'loading' },
    );
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { error: 'The server is not ready: loading.' },
    ]);
    const live = await server.app.inject({ method: 'GET', url: '/v2/health/live' });
    expect(live.statusCode).toBe(200);
  });

  it.each([
    ['GET', '/v2/nope'],
    ['POST', '/v2/models/m/versions/3/nope'],
  ] as const)('%s %s is 404 in the form of the protocol', async (method, url) => {
    const response = await ask({ method, url });
    expect([response.statusCode, response.json()]).toEqual([
      404,
      { error: `There is no ${method} ${url}.` },
    ]);
  });
});

describe('a wrong method', () => {
  it.each([
    ['GET', '/v2/models/m/infer', 'POST'],
    ['POST', '/v2/health/live', 'GET'],
    ['DELETE', '/v2/repository/index', 'POST'],
  ] as const)('%s %s is 405', async (method, url, allow) => {
    const response = await ask({ method, url });
    expect([response.statusCode, response.json()]).toEqual([
      405,
      { error: `Only ${allow} is allowed here.` },
    ]);
    expect(response.headers['allow']).toBe(allow);
  });
});

describe('model', () => {
  it.each(['/v2/models/m', '/v2/models/m/versions/3'])('%s describes it', async (url) => {
    const response = await ask({ method: 'GET', url });
    expect(response.json()).toEqual({
      name: 'm',
      versions: ['3'],
      platform: 'mlflow',
      inputs: [
        { name: 'a', datatype: 'FP64', shape: [-1, 1], parameters: { content_type: 'np' } },
        { name: 'b', datatype: 'INT64', shape: [-1, 1], parameters: { content_type: 'np' } },
      ],
      outputs: [
        { name: 'output-0', datatype: 'FP32', shape: [-1], parameters: { content_type: 'np' } },
      ],
      parameters: { content_type: 'pd' },
    });
  });

  it.each([
    ['GET', '/v2/models/x', 'Model x not found'],
    ['GET', '/v2/models/x/ready', 'Model x not found'],
    ['POST', '/v2/models/m/versions/4/infer', 'Model m with version 4 not found'],
    ['POST', '/v2/repository/models/x/load', 'Model x not found'],
    ['POST', '/v2/repository/models/x/unload', 'Model x not found'],
  ] as const)('%s %s is 404', async (method, url, error) => {
    const response = await ask({ method, url });
    expect([response.statusCode, response.json()]).toEqual([404, { error }]);
  });
});

describe('repository', () => {
  it.each(['', '{}', '{"ready": true}'])('index of %j holds the model', async (payload) => {
    const response = await ask({ method: 'POST', url: '/v2/repository/index', payload });
    expect(response.json()).toEqual([{ name: 'm', version: '3', state: 'READY', reason: '' }]);
  });

  it('index leaves out what is not ready when asked to', async () => {
    const index: ModelRepository['index'] = async () => [
      { name: 'm', version: null, state: 'LOADING', reason: 'new' },
    ];
    const url = '/v2/repository/index';
    const all = await ask({ method: 'POST', url }, { index });
    expect(all.json()).toEqual([{ name: 'm', state: 'LOADING', reason: 'new' }]);
    const ready = await server.app.inject({ method: 'POST', url, payload: '{"ready":true}' });
    expect(ready.json()).toEqual([]);
  });

  it('unloads the model and loads it again', async () => {
    const unload = await ask({ method: 'POST', url: '/v2/repository/models/m/unload' });
    expect([unload.statusCode, unload.payload]).toEqual([200, '']);
    const { app } = server;
    const asked = await app.inject({ method: 'POST', url: '/v2/models/m/infer', payload: '{}' });
    expect([asked.statusCode, asked.json(), asked.headers['retry-after']]).toEqual([
      503,
      { error: 'Model m is not ready: unloaded.' },
      '1',
    ]);
    const load = await app.inject({ method: 'POST', url: '/v2/repository/models/m/load' });
    expect([load.statusCode, load.payload]).toEqual([200, '']);
    const ready = await app.inject({ method: 'GET', url: '/v2/models/m/ready' });
    expect(ready.statusCode).toBe(200);
  });
});

describe('infer', () => {
  it('scores columns and echoes the id', async () => {
    const response = await infer({ id: 'é', inputs: [a] });
    expect(response.json()).toEqual({
      model_name: 'm',
      model_version: '3',
      id: 'é',
      parameters: { content_type: 'np' },
      outputs: [
        {
          name: 'output-1',
          shape: [2, 1],
          datatype: 'FP32',
          parameters: { content_type: 'np' },
          data: [0.5, -1.5],
        },
      ],
    });
    expect(seen?.input).toEqual(
      frame([{ label: 'a', data: { dtype: 'float64', values: Float64Array.of(1, Number.NaN) } }]),
    );
  });

  it('hands on params, enforced', async () => {
    await infer({ inputs: [a], parameters: { content_type: 'pd', k: 7, other: 1 } });
    expect(seen?.params).toEqual(new Map([['k', 7n]]));
  });

  it('takes binary tensors and gives them', async () => {
    const head = Buffer.from(
      '{"inputs":[{"name":"a","shape":[2,1],"datatype":"FP64","parameters":{"binary_data_size":16}}],"parameters":{"binary_data_output":true}}',
    );
    const response = await ask({
      method: 'POST',
      url: '/v2/models/m/infer',
      headers: { 'inference-header-content-length': String(head.length) },
      payload: Buffer.concat([head, Buffer.from(Float64Array.of(2.5, 3.5).buffer)]),
    });
    expect(response.headers['content-type']).toBe('application/octet-stream');
    const length = Number(response.headers['inference-header-content-length']);
    const json = JSON.parse(response.rawPayload.subarray(0, length).toString()) as {
      outputs: unknown;
    };
    expect(json.outputs).toEqual([
      {
        name: 'output-1',
        shape: [2, 1],
        datatype: 'FP32',
        parameters: { content_type: 'np', binary_data_size: 8 },
      },
    ]);
    expect(response.rawPayload.subarray(length)).toEqual(
      Buffer.from(Float32Array.of(0.5, -1.5).buffer),
    );
    expect(seen?.input).toMatchObject({
      columns: [{ data: { values: Float64Array.of(2.5, 3.5) } }],
    });
  });

  it('names an output as the metadata does when asked to', async () => {
    const response = await infer({ inputs: [a], outputs: [{ name: 'output-0' }] });
    expect(response.json()).toMatchObject({ outputs: [{ name: 'output-0', data: [0.5, -1.5] }] });
  });

  it.each([
    [
      { inputs: [{ ...a, name: 'c' }] },
      "Input 'c' is not known to the model; its inputs are 'a', 'b'.",
    ],
    [
      { inputs: [{ ...a, shape: [3, 1] }] },
      'has the shape [3, 1], which is 3 elements, but "data" has 2.',
    ],
    [
      { inputs: [{ ...a, shape: [1, 2] }] },
      'has the shape [1, 2]; wanted is [-1, 1], one value a row.',
    ],
    [
      { inputs: [a, { ...a, name: 'b', shape: [1], data: [1] }] },
      "Input 'b' has the shape [1], but the first input has 2 rows",
    ],
    [{ inputs: [{ ...a, data: ['x', 1] }] }, "Input 'a' wants numbers; element 0 is a text."],
    [{ inputs: [] }, '"inputs" is empty'],
    [{ inputs: [a], parameters: { k: 'x' } }, 'Invalid parameters found'],
    ['{"inputs":', 'Ensure that input is a valid JSON formatted string'],
  ])('refuses %j', async (payload, message) => {
    const response = await infer(payload);
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toContain(message);
    expect(seen).toBeNull();
  });

  it('refuses an output that there is not', async () => {
    const response = await infer({ inputs: [a], outputs: [{ name: 'y' }] });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      error: "Invalid inference request: there is no output 'y'; the outputs are 'output-1'.",
    });
  });

  it('refuses a body beyond the limit', async () => {
    const response = await infer('x'.repeat(2001));
    expect(response.statusCode).toBe(413);
    expect(response.json().error).toContain('2000 bytes');
  });

  it('says nothing of a bug, and reports it', async () => {
    predict = () => Promise.reject(new TypeError('oops'));
    const response = await infer({ inputs: [a] });
    expect([response.statusCode, response.json()]).toEqual([
      500,
      { error: 'Internal Server Error' },
    ]);
    expect(reports.join()).toContain('oops');
  });

  it.each([
    ['QUEUE_FULL', 503, '1'],
    ['DEADLINE_EXCEEDED', 504, undefined],
    ['SERVED_MODEL_NOT_READY', 503, '1'],
  ] as const)('answers %s with %i', async (code, status, retryAfter) => {
    predict = () => Promise.reject(slipwayError(code, 'wait'));
    const response = await infer({ inputs: [a] });
    expect([response.statusCode, response.json()]).toEqual([status, { error: 'wait' }]);
    expect(response.headers['retry-after']).toBe(retryAfter);
  });
});
