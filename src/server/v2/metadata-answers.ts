/** What the server and its models say of themselves. Source: Open Inference Protocol, MLServer 1.7.1 types/dataplane.py. */
import type { ModelTensor } from '../../payload/oip/model-tensors.ts';
import type { Answer } from '../error-answer.ts';
import { slipwayVersion } from '../slipway-version.ts';
import type { IndexedModel, ServedModel } from '../../repository/model-repository.ts';
import { jsonAnswer } from './v2-error-answer.ts';

/** Extensions of the protocol that are spoken, by the names that Triton gives them. */
export const extensions: readonly string[] = ['binary_tensor_data', 'model_repository'];

/** `GET /v2/health/live`. Clients look at the status, but KServe's reads the body that the specification shows. */
export const liveAnswer: Answer = jsonAnswer('{"live":true}');

/** `GET /v2/health/ready`, once every model is. */
export const readyAnswer: Answer = jsonAnswer('{"live":true,"ready":true}');

/** `GET /v2/models/{name}/ready`, for a model that is. */
export function modelReady({ name }: ServedModel): Answer {
  return jsonAnswer(JSON.stringify({ name, ready: true }));
}

/** `GET /v2`. */
export function serverMetadata(): Answer {
  return jsonAnswer(JSON.stringify({ name: 'slipway', version: slipwayVersion, extensions }));
}

/** `GET /v2/models/{name}`; `versions` are those of this name that answer. */
export function modelMetadata({ name, tensors }: ServedModel, versions: readonly string[]): Answer {
  const { inputs, outputs, contentType } = tensors;
  const metadata = {
    name,
    versions,
    platform: 'mlflow',
    inputs: (inputs ?? []).map(tensorMetadata),
    outputs: (outputs ?? []).map(tensorMetadata),
    parameters: contentType === null ? {} : { content_type: contentType },
  };
  return jsonAnswer(JSON.stringify(metadata));
}

function tensorMetadata({ name, datatype, shape, contentType }: ModelTensor): object {
  return { name, datatype, shape, parameters: { content_type: contentType } };
}

/** `POST /v2/repository/index`. */
export function repositoryIndex(models: readonly IndexedModel[]): Answer {
  const items = models.map(({ name, version, state, reason }) => ({
    name,
    ...(version !== null && { version }),
    state,
    reason,
  }));
  return jsonAnswer(JSON.stringify(items));
}
