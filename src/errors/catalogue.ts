/** Every expected failure: its code, its meaning, and how it shows on each surface. One list a room. */
import { type BackendErrorCode, backendErrors } from './catalogue/backend.ts';
import { type EnvironmentErrorCode, environmentErrors } from './catalogue/environment.ts';
import { type FlavorErrorCode, flavorErrors } from './catalogue/flavor.ts';
import { type ImageErrorCode, imageErrors } from './catalogue/image.ts';
import { type ModelErrorCode, modelErrors } from './catalogue/model.ts';
import { type PayloadErrorCode, payloadErrors } from './catalogue/payload.ts';
import { type SchemaErrorCode, schemaErrors } from './catalogue/schema.ts';
import { type ServerErrorCode, serverErrors } from './catalogue/server.ts';
import { type WorkerErrorCode, workerErrors } from './catalogue/worker.ts';
import type { ErrorDefinition } from './error-definition.ts';

export type { ErrorDefinition } from './error-definition.ts';

/** A code of the catalogue. Codes are stable: clients and logs match on them. */
export type ErrorCode =
  | ModelErrorCode
  | PayloadErrorCode
  | SchemaErrorCode
  | FlavorErrorCode
  | ServerErrorCode
  | WorkerErrorCode
  | EnvironmentErrorCode
  | ImageErrorCode
  | BackendErrorCode;

/** Code → definition. */
export const errorCatalogue: Readonly<Record<ErrorCode, ErrorDefinition>> = {
  ...modelErrors,
  ...payloadErrors,
  ...schemaErrors,
  ...flavorErrors,
  ...serverErrors,
  ...workerErrors,
  ...environmentErrors,
  ...imageErrors,
  ...backendErrors,
};
