/** The libraries of gRPC: optional dependencies, loaded when somebody asks for the port. */
import { createRequire } from 'node:module';
import type * as GrpcLibrary from '@grpc/grpc-js';
import type * as ProtoLoader from '@grpc/proto-loader';
import type * as Reflection from '@grpc/reflection';
import { installAdvice } from '../../errors/install-advice.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { protoFiles } from '../proto-files.ts';

/** What a server is made of. */
export interface LoadedGrpc {
  readonly library: typeof GrpcLibrary;
  /** Every service and message of the published files. */
  readonly definitions: ProtoLoader.PackageDefinition;
  readonly ReflectionService: typeof Reflection.ReflectionService;
}

const require = createRequire(import.meta.url);
const packages = ['@grpc/grpc-js', '@grpc/proto-loader', '@grpc/reflection'] as const;

/** Loads them. @throws CAPABILITY_UNAVAILABLE where they are not installed */
export function loadGrpc(): LoadedGrpc {
  try {
    const library = require(packages[0]) as typeof GrpcLibrary;
    const { loadSync } = require(packages[1]) as typeof ProtoLoader;
    const { ReflectionService } = require(packages[2]) as typeof Reflection;
    const definitions = loadSync([...protoFiles], { defaults: true, oneofs: true });
    return { library, definitions, ReflectionService };
  } catch (cause) {
    throw slipwayError(
      'CAPABILITY_UNAVAILABLE',
      `gRPC needs packages that can't be loaded here; ${installAdvice(packages, 'build the image with --enable-mlserver')}`,
      { details: { packages }, cause },
    );
  }
}
