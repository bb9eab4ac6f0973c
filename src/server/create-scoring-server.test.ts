import { afterEach, describe, expect, it } from 'vitest';
import type { InjectOptions, Response } from 'light-my-request';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ScoringRequest, ScoringService } from '../scoring/scoring-service.ts';
import { createScoringServer, type ScoringServer } from './create-scoring-server.ts';
import { slipwayVersion } from './slipway-version.ts';

const servers: ScoringServer[] = [];
const reports: string[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  reports.length = 0;
});

/** A service that answers with what it was given: the transport is what is under test. */
function serviceOf(score: (request: ScoringRequest) => Promise<string>): ScoringService {
  return {
    score,
    respond: score,
    scoreInput: async () => null,
    streams: false,
    observer: null,
    load: { running: 0, waiting: 0 },
    drained: async () => undefined,
    close: async () => undefined,
  };
}

const describing = serviceOf(
  async ({ body, contentType }) =>
    `{"type": ${JSON.stringify(contentType ?? null)}, "body": ${JSON.stringify(Buffer.from(body).toString())}}`,
);

async function ask(
  request: InjectOptions,
  service: ScoringService = describing,
  compat: 'slipway' | 'mlflow' = 'slipway',
): Promise<Response> {
  const server = createScoringServer(service, {
    compat,
    timeoutMs: 60_000,
    bodyLimitBytes: 1000,
    report,
  });
  servers.push(server);
  return server.app.inject(request);
}

/** A service that fails with `error`. */
function failing(error: unknown): ScoringService {
  return serviceOf(async () => {
    throw error;
  });
}

function report(text: string): void {
  reports.push(text);
}

describe('fixed routes', () => {
  it.each([
    ['/ping', '\n'],
    ['/health', '\n'],
    ['/ping?x=1', '\n'],
    ['/version', '3.17.2'],
  ])('%s answers with MLflow’s body', async (url, body) => {
    const response = await ask({ method: 'GET', url });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.headers['server']).toBe(`slipway/${slipwayVersion}`);
    expect(response.body).toBe(body);
  });

  it.each(['/docs', '/redoc', '/openapi.json'])('%s is there', async (url) => {
    const response = await ask({ method: 'GET', url });
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('/invocations');
    expect(response.body).not.toMatch(/https?:\/\//);
  });
});

describe('unrouted requests', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/nope'],
    ['POST', '//invocations'],
    ['POST', '/Invocations'],
    ['GET', '/%zz'],
  ] as const)('%s %s is 404', async (method, url) => {
    const response = await ask({ method, url });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.body).toBe('{"detail":"Not Found"}');
  });

  it.each([
    ['GET', '/invocations', 'POST'],
    ['PUT', '/invocations', 'POST'],
    ['DELETE', '/invocations', 'POST'],
    ['OPTIONS', '/invocations', 'POST'],
    ['POST', '/ping', 'GET'],
    ['POST', '/version', 'GET'],
  ] as const)('%s %s is 405', async (method, url, allow) => {
    const response = await ask({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe(allow);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.body).toBe('{"detail":"Method Not Allowed"}');
  });

  it('HEAD of a probe is 405 without a body', async () => {
    const response = await ask({ method: 'HEAD', url: '/ping' });
    expect([response.statusCode, response.body, response.headers['allow']]).toEqual([
      405,
      '',
      'GET',
    ]);
  });

  it('a trailing slash redirects to the absolute address', async () => {
    const headers = { host: '127.0.0.1:5000' };
    const response = await ask({
      method: 'POST',
      url: '/invocations/?a=1',
      headers,
      payload: '{}',
    });
    expect(response.statusCode).toBe(307);
    expect(response.headers['location']).toBe('http://127.0.0.1:5000/invocations?a=1');
    expect(response.headers['content-type']).toBeUndefined();
    expect(response.body).toBe('');
  });
});

describe('/invocations', () => {
  it.each([
    'application/json',
    'application/json;',
    'application/json; charset="utf-8"',
    'nonsense',
    '',
    undefined,
  ])('hands over body and content type as sent: %s', async (contentType) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const payload = Buffer.from('{"a": 1}');
    const response = await ask({ method: 'POST', url: '/invocations?verbose=1', headers, payload });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.json()).toEqual({ type: contentType ?? null, body: '{"a": 1}' });
  });

  it('hands over an empty body', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await ask({ method: 'POST', url: '/invocations', headers });
    expect(response.json()).toEqual({ type: 'application/json', body: '' });
  });

  it('refuses a body beyond the limit', async () => {
    const response = await ask({ method: 'POST', url: '/invocations', payload: 'x'.repeat(1001) });
    expect(response.statusCode).toBe(413);
    expect(response.body).toBe(
      '{"error_code": "BAD_REQUEST", "message": "The request body is larger than the 1000 bytes that this server accepts (--max-body).", "sqlstate": "KAM00", "error_class": "INVALID_PARAMETER_VALUE"}',
    );
  });
});

describe('errors', () => {
  const post: InjectOptions = { method: 'POST', url: '/invocations', payload: '{"inputs": [1]}' };

  it('of enforcement carry MLflow’s codes and prefix', async () => {
    const error = slipwayError('SCHEMA_ENFORCEMENT_FAILED', 'Column é is "missing".');
    const response = await ask(post, failing(error));
    expect(response.statusCode).toBe(400);
    expect(response.body).toBe(
      String.raw`{"error_code": "INVALID_PARAMETER_VALUE", "message": "Failed to predict data '{\"inputs\": [1]}'. \nError: Column \u00e9 is \"missing\".", "sqlstate": "KAM01", "error_class": "SCHEMA_ENFORCEMENT_FAILED"}`,
    );
  });

  it('repeat no more than a bound of the request', async () => {
    const error = slipwayError('INVALID_PARAMS', 'bad');
    const response = await ask({ ...post, payload: 'y'.repeat(900) }, failing(error));
    expect(response.json<{ message: string }>().message).toBe(
      `Failed to predict data '${'y'.repeat(200)}… (900 bytes)'. \nError: bad`,
    );
  });

  it('of the model carry the fixed message', async () => {
    const response = await ask(post, failing(slipwayError('PREDICT_FAILED', 'feature names')));
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      error_code: 'BAD_REQUEST',
      message:
        "Encountered an unexpected error while evaluating the model. Verify that the serialized input Dataframe is compatible with the model for inference. Error: 'feature names'",
      sqlstate: 'KAM00',
      error_class: 'INVALID_PARAMETER_VALUE',
      stack_trace: 'PREDICT_FAILED: feature names',
    });
  });

  it('of the content type are plain text', async () => {
    const response = await ask(
      post,
      failing(slipwayError('UNSUPPORTED_CONTENT_TYPE', 'Only UTF-8')),
    );
    expect(response.statusCode).toBe(415);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.body).toBe('Only UTF-8');
  });

  it('of time are MLflow’s 504', async () => {
    const response = await ask(post, failing(slipwayError('DEADLINE_EXCEEDED', 'late')));
    expect(response.statusCode).toBe(504);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.body).toBe('Request processing time exceeded limit');
  });

  it('of a missing content type are 400, with --compat mlflow 500', async () => {
    const error = slipwayError('CONTENT_TYPE_MISSING', 'Send a Content-Type header.');
    const ours = await ask(post, failing(error));
    expect(ours.statusCode).toBe(400);
    expect(ours.json()).toMatchObject({ error_code: 'BAD_REQUEST' });
    const theirs = await ask(post, failing(error), 'mlflow');
    expect(theirs.statusCode).toBe(500);
    expect(theirs.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(theirs.body).toBe('Internal Server Error');
  });

  it('that a model raises have its own status and codes', async () => {
    const details = {
      mlflowCode: 'RESOURCE_EXHAUSTED',
      httpStatus: 429,
      sqlstate: 'KAX00',
      errorClass: 'TOO_MUCH',
    };
    const response = await ask(
      post,
      failing(slipwayError('MODEL_RAISED', 'No more.', { details })),
    );
    expect(response.statusCode).toBe(429);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.body).toBe(
      String.raw`{"error_code": "RESOURCE_EXHAUSTED", "message": "Failed to predict data '{\"inputs\": [1]}'. \nError: No more.", "sqlstate": "KAX00", "error_class": "TOO_MUCH"}`,
    );
  });

  it('that a model raises without classes leave them out, and are not repeated in the log', async () => {
    const details = { mlflowCode: 'INTERNAL_ERROR', httpStatus: 500, sqlstate: null };
    const response = await ask(post, failing(slipwayError('MODEL_RAISED', 'secret', { details })));
    expect(response.statusCode).toBe(500);
    expect(Object.keys(response.json<object>())).toEqual(['error_code', 'message']);
    expect(reports.join()).toContain('MODEL_RAISED');
    expect(reports.join()).not.toContain('secret');
  });

  it.each([
    ['QUEUE_FULL', 503, 'TEMPORARILY_UNAVAILABLE', '1', 0],
    ['WORKERS_FAILED', 503, 'TEMPORARILY_UNAVAILABLE', undefined, 1],
    ['WORKER_LOST', 500, 'INTERNAL_ERROR', undefined, 1],
    ['STREAMING_UNSUPPORTED', 400, 'BAD_REQUEST', undefined, 0],
  ] as const)('%s is %d %s', async (code, status, mlflowCode, retryAfter, reported) => {
    const response = await ask(post, failing(slipwayError(code, 'words')));
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.headers['retry-after']).toBe(retryAfter);
    expect(response.json()).toMatchObject({ error_code: mlflowCode, message: 'words' });
    expect(reports).toHaveLength(reported);
  });

  it('that nobody expected are a bare 500 and reported without the request', async () => {
    const response = await ask(post, failing(new TypeError('boom')));
    expect(response.statusCode).toBe(500);
    expect(response.body).toBe('Internal Server Error');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain('TypeError: boom');
    expect(reports[0]).not.toContain('inputs');
  });

  it('of a result that JSON cannot hold are a bare 500', async () => {
    const response = await ask(post, failing(slipwayError('UNENCODABLE_RESULT', 'a set')));
    expect([response.statusCode, response.body]).toEqual([500, 'Internal Server Error']);
    expect(reports).toEqual(['slipway: a set [UNENCODABLE_RESULT]']);
  });
});
