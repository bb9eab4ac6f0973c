/** Databricks as tracking server and registry: its workspace speaks MLflow's REST interface, and signs addresses of files. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { createRestStore } from '../tracking/rest-store.ts';
import type { TrackingStore } from '../tracking/tracking-store.ts';
import type { UriSession } from '../uri-session.ts';
import { createDatabricksStore, signedAddress } from './databricks-files.ts';
import { openDatabricksWorkspace } from './databricks-workspace.ts';
import { createUnityCatalogRegistry } from './unity-catalog-registry.ts';

/** `uri` is `databricks`, `databricks-uc`, or either with `://profile`. @throws MODEL_ACCESS_DENIED, MODEL_URI_UNSUPPORTED */
export async function openDatabricksStore(
  session: UriSession,
  uri: string,
): Promise<TrackingStore> {
  if (!/^databricks(-uc)?(:|$)/i.test(uri)) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `the tracking URI ${uri} cannot be used: of Unity Catalog only the one of Databricks (databricks-uc) is known`,
      { details: { uri } },
    );
  }
  const workspace = await openDatabricksWorkspace(session, uri);
  const rest = createRestStore(workspace.client, workspace.host, session.signal);
  const tracking = {
    getRun: (runId: string) => rest.getRun(runId),
    getLoggedModel: (modelId: string) => rest.getLoggedModel(modelId),
    findLoggedModel: (experimentId: string, runId: string, name: string) =>
      rest.findLoggedModel(experimentId, runId, name),
    close: () => rest.close(),
  };
  if (/^databricks-uc/i.test(uri)) {
    return { ...tracking, ...createUnityCatalogRegistry(session, workspace) };
  }
  const api = '/api/2.0/mlflow/model-versions';
  return {
    ...tracking,
    getVersionByAlias: (name, alias) => rest.getVersionByAlias(name, alias),
    getLatestVersion: (name, stage) => rest.getLatestVersion(name, stage),
    getDownloadUri: (name, version) => rest.getDownloadUri(name, version),
    openVersion: (name, version, below) =>
      Promise.resolve(
        createDatabricksStore(workspace, {
          location: `models:/${name}/${version}${below === '' ? '' : `/${below}`}`,
          root: below,
          readPage: (path, pageToken) =>
            workspace.get(`${api}/list-artifacts`, {
              name,
              version,
              path,
              ...(pageToken === null ? {} : { page_token: pageToken }),
            }),
          addressOf: async (path) =>
            signedAddress(
              await workspace.get(`${api}/get-signed-download-uri`, { name, version, path }),
              path,
            ),
        }),
      ),
  };
}
