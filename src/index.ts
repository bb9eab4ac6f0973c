/** The library: open a saved model in this process, or drive it through MLflow's flavor backend. */
export type { BackendOptions } from './backend/backend-options.ts';
export { getFlavorBackend } from './backend/get-flavor-backend.ts';
export {
  type LoadedModel,
  loadModel,
  type PlainParams,
  type PredictCallOptions,
} from './backend/load-model.ts';
export type { PlainInput, PlainTensor, PlainValue, TypedArray } from './backend/plain-input.ts';
export type { PlainColumn, PlainOutput } from './backend/plain-output.ts';
export type { Selection, SelectionReason } from './backend/select-runtime.ts';
export type { RuntimeChoice, RuntimeId } from './contract/capability.ts';
export type {
  FlavorBackend,
  ImageOptions,
  PredictOptions,
  PrepareEnvOptions,
  ServeOptions,
  ServerAddress,
  ServerHandle,
} from './contract/flavor-backend.ts';
export type { Platform } from './contract/image-recipe.ts';
export type { ErrorCode } from './errors/catalogue.ts';
export { isSlipwayError, SlipwayError } from './errors/slipway-error.ts';
export type { ImageSet } from './image/oci/image.ts';
export { readImage } from './image/read-image.ts';
export { findImageFaults, validateImage } from './image/validate-image.ts';
export type { SavedModel } from './model/saved-model.ts';
export type { ParamSpec, Schema, Signature, ValueType } from './model/signature.ts';
