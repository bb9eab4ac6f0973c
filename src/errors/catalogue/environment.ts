/** Failures of preparing the environment of a model. */
import type { ErrorDefinition } from '../error-definition.ts';
import { internalFailure } from './internal-failure.ts';

/** Codes of this list. */
export type EnvironmentErrorCode =
  | 'PYTHON_NOT_FOUND'
  | 'ENV_MANAGER_UNAVAILABLE'
  | 'ENVIRONMENT_FAILED'
  | 'ENVIRONMENT_FILE_INVALID'
  | 'REQUIREMENT_INVALID';

/** Code → definition. */
export const environmentErrors: Readonly<Record<EnvironmentErrorCode, ErrorDefinition>> = {
  PYTHON_NOT_FOUND: {
    ...internalFailure,
    meaning: 'No interpreter of the Python version that the model wants can be found or made.',
  },
  ENV_MANAGER_UNAVAILABLE: {
    ...internalFailure,
    meaning: 'The environment manager asked for is not installed here.',
  },
  ENVIRONMENT_FAILED: {
    ...internalFailure,
    meaning: 'An installer failed; the message has its last lines and what helps.',
  },
  ENVIRONMENT_FILE_INVALID: {
    ...internalFailure,
    meaning: 'python_env.yaml, conda.yaml or requirements.txt of the model cannot be used.',
  },
  REQUIREMENT_INVALID: {
    ...internalFailure,
    meaning: 'A requirement is not a valid requirement specifier (PEP 508).',
  },
};
