/** OpenTelemetry: optional dependencies, loaded when traces are asked for. */
import { createRequire } from 'node:module';
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace-base';
import { installAdvice } from '../errors/install-advice.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/** What traces are made with. */
export interface OpenTelemetry {
  readonly sdk: typeof Sdk;
  readonly resources: typeof Resources;
  readonly OTLPTraceExporter: typeof Exporter.OTLPTraceExporter;
}

const require = createRequire(import.meta.url);
const packages = [
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-http',
] as const;

/** Loads it. @throws CAPABILITY_UNAVAILABLE where it is not installed */
export function loadOpenTelemetry(): OpenTelemetry {
  try {
    const sdk = require(packages[0]) as typeof Sdk;
    const resources = require(packages[1]) as typeof Resources;
    const { OTLPTraceExporter } = require(packages[2]) as typeof Exporter;
    return { sdk, resources, OTLPTraceExporter };
  } catch (cause) {
    throw slipwayError(
      'CAPABILITY_UNAVAILABLE',
      `Traces need packages that can't be loaded here; ${installAdvice(packages, 'images have none of them, so set OTEL_SDK_DISABLED=true')}`,
      { details: { packages }, cause },
    );
  }
}
