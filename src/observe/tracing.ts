/**
 * Sends a trace of each request to a collector (OTLP over HTTP): a span for the request, and below it one for each of its
 * phases. Sampling, endpoint, headers and resource are what the `OTEL_*` variables say.
 */
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { loadOpenTelemetry, type OpenTelemetry } from './load-open-telemetry.ts';
import type { ObservedRequest } from './observed-request.ts';
import { routeOf } from './route-of.ts';

/** Traces the requests of one server. */
export interface Tracing {
  /** A request has come: it becomes part of the trace that its client began, or begins one. */
  begin(request: ObservedRequest): void;
  /** It has been answered. @param endedAtMs as `performance.now()` */
  end(request: ObservedRequest, status: number, endedAtMs: number): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** What {@link openTracing} needs. */
export interface TracingOptions {
  /** Version of the program, for the resource. */
  readonly version: string;
  /** Hears the first of failures in a row to reach the collector. */
  readonly onError: (error: Error) => void;
}

type SpanExporter = InstanceType<OpenTelemetry['OTLPTraceExporter']>;

/** Begins to trace. @throws CAPABILITY_UNAVAILABLE */
export function openTracing({ version, onError }: TracingOptions): Tracing {
  const { sdk, resources, OTLPTraceExporter } = loadOpenTelemetry();
  const given = resources.detectResources({ detectors: [resources.envDetector] });
  const own = { 'service.name': 'slipway', 'service.version': version };
  const provider = new sdk.BasicTracerProvider({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes(own)).merge(given),
    spanProcessors: [new sdk.BatchSpanProcessor(telling(new OTLPTraceExporter(), onError))],
  });
  const tracer = provider.getTracer('slipway', version);
  const spans = new WeakMap<ObservedRequest, Span>();
  return {
    begin: (request) => {
      const { arrival, startedAtMs } = request;
      const span = tracer.startSpan(
        arrival.method ?? 'GET',
        { kind: SpanKind.SERVER, startTime: epochMs(startedAtMs) },
        parentOf(request),
      );
      const { traceId, spanId, traceFlags: flags } = span.spanContext();
      request.trace = { traceId, spanId, flags };
      spans.set(request, span);
    },
    end: (request, status, endedAtMs) => {
      const span = spans.get(request);
      if (span?.isRecording() !== true) return;
      describe(span, request, status);
      const context = trace.setSpan(ROOT_CONTEXT, span);
      for (const [name, fromMs, toMs] of phasesOf(request)) {
        tracer.startSpan(name, { startTime: epochMs(fromMs) }, context).end(epochMs(toMs));
      }
      span.end(epochMs(endedAtMs));
    },
    // What could not be sent has been told.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function epochMs(ms: number): number {
  return performance.timeOrigin + ms;
}

function parentOf({ trace: parent }: ObservedRequest): Context {
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, flags: traceFlags } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Names are those of OpenTelemetry's conventions for HTTP servers. */
function describe(span: Span, request: ObservedRequest, status: number): void {
  const { arrival, model, rows, errorCode, requestId } = request;
  const { method = 'GET', url = '' } = arrival;
  const [urlPath = ''] = url.split('?', 1);
  const route = request.route === '' ? routeOf(url) : request.route;
  span.updateName(`${method} ${route}`);
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'url.path': urlPath,
    'http.response.status_code': status,
    ...(arrival.socket.remoteAddress !== undefined && {
      'client.address': arrival.socket.remoteAddress,
    }),
    ...(requestId !== '' && { 'slipway.request_id': requestId }),
    ...(model !== null && { 'slipway.model': model.name, 'slipway.model_version': model.version }),
    ...(rows >= 0 && { 'slipway.rows': rows }),
    ...(errorCode !== '' && { 'error.type': errorCode }),
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

type Phase = readonly [name: string, fromMs: number, toMs: number];

/** Those that it has behind it. */
function phasesOf(request: ObservedRequest): readonly Phase[] {
  const { parseAtMs, predictAtMs, queueMs, encodeAtMs, encodedAtMs } = request;
  const phases: Phase[] = [];
  if (predictAtMs === 0) return phases;
  phases.push(['parse', parseAtMs, predictAtMs]);
  if (encodeAtMs === 0) return phases;
  phases.push(
    ['queue', predictAtMs, predictAtMs + queueMs],
    ['predict', predictAtMs + queueMs, encodeAtMs],
  );
  if (encodedAtMs !== 0) phases.push(['encode', encodeAtMs, encodedAtMs]);
  return phases;
}

/** OpenTelemetry keeps failures to itself. */
function telling(exporter: SpanExporter, onError: (error: Error) => void): SpanExporter {
  let isFailing = false;
  const send = exporter.export.bind(exporter);
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      const { error } = result;
      if (error !== undefined && !isFailing) onError(error);
      isFailing = error !== undefined;
      done(result);
    });
  return exporter;
}
