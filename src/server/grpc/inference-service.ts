/** The calls of `inference.GRPCInferenceService`, over the same repository and with the same answers as REST. */
import type { Begun } from '../../scoring/deadline.ts';
import { unreadNotes } from '../../scoring/request-notes.ts';
import { decodeInferInput } from '../../payload/oip/decode-infer-input.ts';
import type { InferRequestMessage, InferResponseMessage } from '../../payload/oip/infer-message.ts';
import type { ModelTensor } from '../../payload/oip/model-tensors.ts';
import { readInferMessage } from '../../payload/oip/read-infer-message.ts';
import { writeInferMessage } from '../../payload/oip/write-infer-message.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { slipwayVersion } from '../slipway-version.ts';
import { extensions } from '../v2/metadata-answers.ts';
import type { ModelRepository } from '../../repository/model-repository.ts';

/** What is known of a call beside its message. */
export type CallContext = Begun;

/** Answers one call; the message is of the method's own request type. */
export type Answer<Request> = (request: Request, context: CallContext) => object | Promise<object>;

interface NamedModel {
  readonly name: string;
  readonly version: string;
}

interface RepositoryCall {
  readonly modelName: string;
}

/** Method → answer. */
export interface InferenceAnswers {
  readonly ServerLive: Answer<object>;
  readonly ServerReady: Answer<object>;
  readonly ServerMetadata: Answer<object>;
  readonly ModelReady: Answer<NamedModel>;
  readonly ModelMetadata: Answer<NamedModel>;
  readonly ModelInfer: Answer<InferRequestMessage>;
  readonly RepositoryIndex: Answer<{ readonly ready: boolean }>;
  readonly RepositoryModelLoad: Answer<RepositoryCall>;
  readonly RepositoryModelUnload: Answer<RepositoryCall>;
}

/** Full name of the service. */
export const inferenceService = 'inference.GRPCInferenceService';

/** Makes the answers. */
export function inferenceAnswers(repository: ModelRepository): InferenceAnswers {
  return {
    ServerLive: () => ({ live: true }),
    ServerReady: () => ({ ready: repository.isReady() }),
    ServerMetadata: () => ({ name: 'slipway', version: slipwayVersion, extensions }),
    ModelReady: (model) => ({ ready: isModelReady(repository, model) }),
    ModelMetadata: (model) => modelMetadata(repository, model),
    ModelInfer: (message, context) => infer(repository, message, context),
    RepositoryIndex: async ({ ready }) => {
      const models = await repository.index();
      return {
        models: models
          .filter(({ state }) => !ready || state === 'READY')
          .map(({ version, ...model }) => ({ ...model, version: version ?? '' })),
      };
    },
    RepositoryModelLoad: async ({ modelName }) => {
      await repository.load(modelName);
      return {};
    },
    RepositoryModelUnload: async ({ modelName }) => {
      await repository.unload(modelName);
      return {};
    },
  };
}

async function infer(
  repository: ModelRepository,
  message: InferRequestMessage,
  begun: CallContext,
): Promise<InferResponseMessage> {
  const { notes = unreadNotes } = begun;
  const model = repository.find(message.modelName, versionOf(message.modelVersion));
  notes.model = model.service.observer;
  notes.parseAtMs = performance.now();
  const request = readInferMessage(message);
  const data = decodeInferInput(request, model.tensors);
  const prediction = await model.service.scoreInput(data, request.params, begun);
  const isRaw = message.rawInputContents.length > 0;
  const response = writeInferMessage(prediction, request, model, isRaw);
  notes.encodedAtMs = performance.now();
  return response;
}

/** No version means whichever the repository prefers. */
function versionOf(version: string): string | null {
  return version === '' ? null : version;
}

/** @throws SERVED_MODEL_NOT_FOUND */
function isModelReady(repository: ModelRepository, { name, version }: NamedModel): boolean {
  try {
    repository.find(name, versionOf(version));
    return true;
  } catch (error) {
    if (isSlipwayError(error, 'SERVED_MODEL_NOT_READY')) return false;
    throw error;
  }
}

function modelMetadata(repository: ModelRepository, model: NamedModel): object {
  const { name, tensors } = repository.find(model.name, versionOf(model.version));
  return {
    name,
    versions: repository.versions(name),
    platform: 'mlflow',
    inputs: (tensors.inputs ?? []).map(tensorMetadata),
    outputs: (tensors.outputs ?? []).map(tensorMetadata),
  };
}

function tensorMetadata({ name, datatype, shape, contentType }: ModelTensor): object {
  return { name, datatype, shape, parameters: { content_type: { stringParam: contentType } } };
}
