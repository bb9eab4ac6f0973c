import { expect, it } from 'vitest';
import { wantsTracing } from './wants-tracing.ts';

it.each([
  [undefined, {}, false],
  [true, {}, true],
  [undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' }, true],
  [undefined, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h:4318' }, true],
  [undefined, { OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [undefined, { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'h' }, false],
  [false, { OTEL_EXPORTER_OTLP_ENDPOINT: 'h' }, false],
  [true, { OTEL_SDK_DISABLED: 'TRUE' }, false],
] as const)('%j and %j: %s', (told, environment, wanted) => {
  expect(wantsTracing(told, environment)).toBe(wanted);
});

it.each([
  { OTEL_TRACES_EXPORTER: 'zipkin' },
  { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
])('refuses %j', (environment) => {
  expect(() => wantsTracing(undefined, environment)).toThrow(/must be .*port 4318/);
});
