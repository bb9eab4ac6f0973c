/** Failures of building, writing and pushing images. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type ImageErrorCode =
  | 'IMAGE_NAME_INVALID'
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_INVALID'
  | 'IMAGE_BUILD_FAILED'
  | 'BUILDER_UNAVAILABLE'
  | 'REGISTRY_ACCESS_DENIED'
  | 'REGISTRY_FAILED';

/** Code → definition. */
export const imageErrors: Readonly<Record<ImageErrorCode, ErrorDefinition>> = {
  IMAGE_NAME_INVALID: {
    ...internalFailure,
    meaning: 'The name, tag, digest or platform of an image cannot be read.',
  },
  IMAGE_NOT_FOUND: {
    ...internalFailure,
    meaning: 'There is no such image, or none for the platform.',
  },
  IMAGE_INVALID: {
    ...internalFailure,
    meaning: 'An image is not what its own digests, sizes or documents say.',
  },
  IMAGE_BUILD_FAILED: { ...internalFailure, meaning: 'The image cannot be built.' },
  BUILDER_UNAVAILABLE: {
    ...internalFailure,
    meaning: 'The program or daemon that should build or take the image is not there.',
  },
  REGISTRY_ACCESS_DENIED: {
    ...internalFailure,
    meaning: 'The registry does not let us in, or not with these credentials.',
  },
  REGISTRY_FAILED: {
    ...internalFailure,
    meaning: 'The registry cannot be reached, or did not do what it was asked.',
    retryable: true,
  },
};
