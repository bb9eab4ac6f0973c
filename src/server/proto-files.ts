/** The published definitions that gRPC speaks by; they stand beside `src` and `dist`. */
import { fileURLToPath } from 'node:url';

/** Absolute paths. This file stands as deep as the bundled command, so one path holds for both. */
export const protoFiles: readonly string[] = ['open_inference_grpc.proto', 'health.proto'].map(
  (name) => fileURLToPath(new URL(`../../proto/${name}`, import.meta.url)),
);
