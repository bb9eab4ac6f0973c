/** Traces, as a collector gets them over OTLP/HTTP. */
import http from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { serveScorer } from '../../test/server/serve-scorer.ts';
import { openTracing } from '../observe/tracing.ts';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

interface SentTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly object[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const ends: (() => unknown)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A collector that keeps what it is sent, and answers `status`. */
async function collect(status: number): Promise<{ url: string; sent: SentTraces[] }> {
  const sent: SentTraces[] = [];
  const collector = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push(JSON.parse(Buffer.concat(chunks).toString()) as SentTraces);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => collector.close(resolve).closeAllConnections()));
  const { port } = collector.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, sent };
}

interface Traced {
  readonly url: string;
  readonly errors: readonly string[];
  /** Stops the server; what it had to send has been sent. */
  readonly stop: () => Promise<void>;
}

async function serve(): Promise<Traced> {
  const errors: string[] = [];
  const tracing = openTracing({ version: '1', onError: ({ message }) => errors.push(message) });
  const { url, stop } = await serveScorer({ observed: { tracing, close: () => tracing.close() } });
  return { url, errors, stop };
}

function post(url: string, headers: Record<string, string> = {}, body = '{"inputs": [1]}') {
  return fetch(`${url}/invocations?a=b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

it('have a span for the request in the trace of its client, and one for each phase', async () => {
  const { url, sent } = await collect(200);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  vi.stubEnv('OTEL_SERVICE_NAME', 'wine');
  const server = await serve();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await post(server.url, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await answer.text();
  await (await post(server.url, {}, '{')).text();
  await server.stop();
  const spans = sent.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const parent = spans.find((span) => span.parentSpanId === 'b7ad6b7169203331')!;
  expect(parent).toMatchObject({ traceId, name: 'POST /invocations', kind: 2 });
  expect(answer.headers.get('traceparent')).toBe(`00-${traceId}-${parent.spanId}-01`);
  expect(parent.attributes).toContainEqual({
    key: 'url.path',
    value: { stringValue: '/invocations' },
  });
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  expect(children.map(({ name }) => name).toSorted()).toEqual([
    'encode',
    'parse',
    'predict',
    'queue',
  ]);
  for (const { startTimeUnixNano, endTimeUnixNano } of children) {
    expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(parent.startTimeUnixNano));
    expect(BigInt(endTimeUnixNano)).toBeLessThanOrEqual(BigInt(parent.endTimeUnixNano));
  }
  const failed = spans.find((span) => span.kind === 2 && span !== parent)!;
  expect(failed.traceId).not.toBe(traceId);
  expect(failed.attributes).toContainEqual({
    key: 'error.type',
    value: { stringValue: 'INVALID_INPUT' },
  });
  expect(sent[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'wine' },
  });
  expect(server.errors).toEqual([]);
});

it('of a client that is not recorded are not sent', async () => {
  const { url, sent } = await collect(200);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  const server = await serve();
  const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  await (await post(server.url, { traceparent: given })).text();
  await server.stop();
  expect(sent).toEqual([]);
});

it('that a collector refuses are told of, and no request is the worse for it', async () => {
  const { url } = await collect(400);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  const server = await serve();
  expect((await post(server.url)).status).toBe(200);
  await server.stop();
  expect(server.errors).toHaveLength(1);
});
