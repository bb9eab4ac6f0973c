/** Labels that say which model is in an image. */
import { createHash } from 'node:crypto';
import { redactSecrets } from '../../errors/redact-secrets.ts';
import type { SavedModel } from '../../model/saved-model.ts';

/** Labels of an image with `model`; of one without where it is null. */
export function imageLabels(model: SavedModel | null): Readonly<Record<string, string>> {
  return {
    // SageMaker gives each container of a pipeline a port only where this is there.
    'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true',
    ...(model === null ? {} : modelLabels(model)),
  };
}

function modelLabels(model: SavedModel): Readonly<Record<string, string>> {
  const { registered } = model;
  const labels: Readonly<Record<string, string | null>> = {
    'org.mlflow.model.uri': publicUri(model.uri),
    'org.mlflow.model.uuid': model.modelUuid,
    'org.mlflow.model.id': model.modelId,
    'org.mlflow.model.flavors': [...model.flavors.keys()].join(','),
    'org.mlflow.model.signature.sha256': signatureDigest(model),
    'org.mlflow.model.name': registered?.name ?? null,
    'org.mlflow.model.version': registered?.version ?? null,
    'org.mlflow.run.id': model.runId,
    'org.mlflow.version': model.mlflowVersion,
  };
  const there = Object.entries(labels).filter((entry): entry is [string, string] => {
    const [, value] = entry;
    return value !== null && value !== '';
  });
  return Object.fromEntries(there);
}

/** A folder of the machine that builds is nobody else's business, and would make each checkout another image. */
function publicUri(uri: string): string | null {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri) || /^file:/i.test(uri)) return null;
  const [withoutQuery = ''] = redactSecrets(uri).split(/[?#]/);
  return withoutQuery;
}

function signatureDigest({ signature }: SavedModel): string | null {
  if (signature === null) return null;
  const text = JSON.stringify(signature, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
