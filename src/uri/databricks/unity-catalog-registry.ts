/** Registered models of Unity Catalog: versions by alias, and temporary credentials for the store that holds them. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { field, textField } from '../tracking/read-answer.ts';
import type { TrackingStore } from '../tracking/tracking-store.ts';
import type { UriSession } from '../uri-session.ts';
import { createDatabricksStore, signedAddress } from './databricks-files.ts';
import type { DatabricksWorkspace } from './databricks-workspace.ts';
import { openWithTemporaryCredentials } from './temporary-credentials.ts';

const api = '/api/2.0/mlflow/unity-catalog';

/** The registry; runs and logged models are not its business. */
export function createUnityCatalogRegistry(
  session: UriSession,
  workspace: DatabricksWorkspace,
): Pick<
  TrackingStore,
  'getVersionByAlias' | 'getLatestVersion' | 'getDownloadUri' | 'openVersion'
> {
  const getDownloadUri = async (name: string, version: string): Promise<string> => {
    const query = { name: fullName(name), version };
    const answer = await workspace.get(`${api}/model-versions/get-download-uri`, query);
    const uri = textField(answer, 'artifact_uri');
    if (uri !== null && uri !== '') return uri;
    throw absent(`version ${version} of ${name}`);
  };
  return {
    getVersionByAlias: async (name, alias) => {
      const query = { name: fullName(name), alias };
      const answer = await workspace.get(`${api}/registered-models/alias`, query);
      const version = textField(field(answer, 'model_version'), 'version');
      if (version !== null) return version;
      throw absent(`alias ${alias} of ${name}`);
    },
    getLatestVersion: (name, stage) => Promise.reject(noStages(name, stage)),
    getDownloadUri,
    openVersion: async (name, version, below) => {
      const ask = (): Promise<unknown> =>
        workspace.post(`${api}/model-versions/generate-temporary-credentials`, {
          name: fullName(name),
          version,
          operation: 'MODEL_VERSION_OPERATION_READ',
        });
      const credentials = field(await ask(), 'credentials');
      if (textField(credentials, 'storage_mode') === 'DEFAULT_STORAGE') {
        return openDefaultStorage(workspace, fullName(name), version, below);
      }
      const uri = await getDownloadUri(name, version);
      return openWithTemporaryCredentials(session, uri, below, credentials, async () =>
        field(await ask(), 'credentials'),
      );
    },
  };
}

/** Storage of Databricks' own, behind its Files interface. */
function openDefaultStorage(
  workspace: DatabricksWorkspace,
  name: string,
  version: string,
  below: string,
): ArtifactStore {
  const root = ['Models', ...name.split('.'), version, below]
    .filter((part) => part !== '')
    .join('/');
  return createDatabricksStore(workspace, {
    location: `databricks-uc:/${root}`,
    root,
    entries: 'contents',
    readPage: (path, pageToken) =>
      workspace.get(
        `/api/2.0/fs/directories/${path.split('/').map(encodeURIComponent).join('/')}`,
        pageToken === null ? {} : { page_token: pageToken },
      ),
    addressOf: async (path) =>
      signedAddress(
        await workspace.post('/api/2.0/fs/create-download-url', { path: `/${path}` }),
        path,
      ),
  });
}

/** `catalog.schema.model`; without a catalog there is nobody to ask for the default one. */
function fullName(name: string): string {
  if (name.split('.').length === 3) return name;
  throw slipwayError(
    'MODEL_URI_INVALID',
    `${name} is no name of a model in Unity Catalog, which has three parts: models:/catalog.schema.model/1`,
    { details: { name } },
  );
}

function noStages(name: string, stage: string | null): SlipwayError {
  return slipwayError(
    'MODEL_URI_INVALID',
    `Unity Catalog has no ${stage === null ? 'latest version' : `stage ${stage}`} to ask for: name a version or an alias, models:/${name}@alias`,
    { details: { name, stage } },
  );
}

function absent(what: string): SlipwayError {
  return slipwayError('MODEL_NOT_FOUND', `there is no ${what} in Unity Catalog`);
}
