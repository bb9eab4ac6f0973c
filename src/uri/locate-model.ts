/** From a URI to the places that hold the model's files, as MLflow's client finds them. */
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { RegisteredModel } from '../model/saved-model.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import { openArtifactStore } from './artifacts/open-artifact-store.ts';
import { type ModelsUri, parseModelsUri, parseRunsUri, splitProfile } from './parse-models-uri.ts';
import type { UriSession } from './uri-session.ts';

/** Where a model stands. */
export interface LocatedModel {
  /** Files of a later place replace those of an earlier one with the same path. Some may be empty. */
  readonly stores: readonly ArtifactStore[];
  /** What `registered_model_meta` says; null where MLflow writes none. */
  readonly registered: RegisteredModel | null;
}

/** A `models:/` URI may lead to another one. */
const deepest = 5;
const unnamed: RegisteredModel = { name: null, version: null };

/**
 * Asks the tracking server where `uri` leads.
 * @throws MODEL_URI_INVALID, MODEL_URI_UNSUPPORTED, MODEL_NOT_FOUND, MODEL_ACCESS_DENIED, MODEL_FETCH_FAILED
 */
export function locateModel(session: UriSession, uri: string): Promise<LocatedModel> {
  const { uri: plain, store } = splitProfile(uri);
  if (store === null) return locate(session, uri, '', 0);
  const asked = () => session.store(store);
  return locate({ ...session, tracking: asked, registry: asked }, plain, '', 0);
}

async function locate(
  session: UriSession,
  uri: string,
  below: string,
  depth: number,
): Promise<LocatedModel> {
  if (depth > deepest) {
    throw slipwayError('MODEL_NOT_FOUND', `${uri} leads from one models:/ URI to the next`, {
      details: { uri },
    });
  }
  const scheme = uri.slice(0, uri.indexOf(':')).toLowerCase();
  if (scheme === 'runs') return locateRun(session, uri, below, depth);
  if (scheme !== 'models') {
    return { stores: [await openArtifactStore(session, uri, below)], registered: null };
  }
  const parsed = parseModelsUri(uri);
  const path = joinPaths(parsed.path, below);
  if (parsed.kind === 'logged') {
    const target = await getLoggedModel(session, parsed.modelId);
    return { ...(await locate(session, target, path, depth + 1)), registered: unnamed };
  }
  const version = await findVersion(session, parsed);
  const registered = { name: parsed.name, version };
  const registry = await session.registry();
  if (registry.openVersion !== undefined) {
    return { stores: [await registry.openVersion(parsed.name, version, path)], registered };
  }
  const target = await registry.getDownloadUri(parsed.name, version);
  return { ...(await locate(session, target, path, depth + 1)), registered };
}

/** Ids begin with `m-`: whoever gives another name means a registered model. */
async function getLoggedModel(session: UriSession, id: string): Promise<string> {
  const tracking = await session.tracking();
  try {
    return await tracking.getLoggedModel(id);
  } catch (error) {
    if (!isSlipwayError(error, 'MODEL_NOT_FOUND') || id.startsWith('m-')) throw error;
    throw slipwayError(
      'MODEL_NOT_FOUND',
      `${error.message.replace(/\.$/, '')}; for the registered model write models:/${id}/1, models:/${id}/latest or models:/${id}@alias`,
      { details: error.details, cause: error },
    );
  }
}

async function findVersion(
  session: UriSession,
  uri: Exclude<ModelsUri, { kind: 'logged' }>,
): Promise<string> {
  if (uri.kind === 'version') return uri.version;
  const registry = await session.registry();
  return uri.kind === 'alias'
    ? registry.getVersionByAlias(uri.name, uri.alias)
    : registry.getLatestVersion(uri.name, uri.stage);
}

/** A run's own artifacts, and over them those of the model that it logged under the first segment of the path. */
async function locateRun(
  session: UriSession,
  uri: string,
  below: string,
  depth: number,
): Promise<LocatedModel> {
  const { runId, path: ownPath } = parseRunsUri(uri);
  const path = joinPaths(ownPath, below);
  const tracking = await session.tracking();
  const { artifactUri, experimentId } = await tracking.getRun(runId);
  const own = await openArtifactStore(session, artifactUri, path);
  const [name = '', ...rest] = path.split('/');
  const modelId = await tracking
    .findLoggedModel(experimentId, runId, name)
    .catch((error: unknown) => absentOr(error));
  if (modelId === null) return { stores: [own], registered: null };
  const logged = await locate(session, `models:/${modelId}`, rest.join('/'), depth + 1);
  return { stores: [own, ...logged.stores], registered: unnamed };
}

/** Servers before MLflow 3 know no logged models. */
function absentOr(error: unknown): null {
  if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
  throw error;
}

function joinPaths(first: string, second: string): string {
  return [first, second].filter((part) => part !== '').join('/');
}
