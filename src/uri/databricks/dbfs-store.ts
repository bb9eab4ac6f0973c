/** `dbfs:` URIs: artifacts of runs and logged models, volumes of Unity Catalog, and the file system of a workspace. */
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { decodePath } from '../local-path.ts';
import { listOf } from '../tracking/read-answer.ts';
import type { UriSession } from '../uri-session.ts';
import { createDatabricksStore, type DatabricksFiles, signedAddress } from './databricks-files.ts';
import { type DatabricksWorkspace, openDatabricksWorkspace } from './databricks-workspace.ts';

/**
 * Opens the folder `below` of `dbfs:/path` or `dbfs://profile@databricks/path`.
 * @throws MODEL_ACCESS_DENIED without host or credentials
 */
export async function openDbfsStore(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  const [, profile, path = ''] = /^dbfs:(?:\/\/(?:([^/@]*)@)?[^/]*)?\/*(.*)$/is.exec(uri) ?? [];
  const trackingProfile = /^databricks/i.test(session.trackingUri) ? session.trackingUri : null;
  const workspaceUri =
    profile === undefined ? (trackingProfile ?? 'databricks') : `databricks://${profile}`;
  const workspace = await openDatabricksWorkspace(session, workspaceUri);
  const parts = [...decodePath(path).split('/'), ...below.split('/')].filter((part) => part !== '');
  const full = parts.join('/');
  const files =
    loggedModelFiles(workspace, full) ??
    runFiles(workspace, full) ??
    (parts[0] === 'Volumes' ? volumeFiles(workspace, full) : plainFiles(workspace, full));
  return createDatabricksStore(workspace, { ...files, location: `dbfs:/${full}` });
}

type Files = Omit<DatabricksFiles, 'location'>;

function withToken(pageToken: string | null): Readonly<Record<string, string>> {
  return pageToken === null ? {} : { page_token: pageToken };
}

/** `databricks/mlflow-tracking/<experiment>/logged_models/<model>/artifacts/…` */
function loggedModelFiles(workspace: DatabricksWorkspace, path: string): Files | null {
  const [, id, root = ''] =
    /^databricks\/mlflow-tracking\/[^/]+\/logged_models\/([^/]+)\/artifacts\/?(.*)$/s.exec(path) ??
    [];
  if (id === undefined) return null;
  const api = `/api/2.0/mlflow/logged-models/${encodeURIComponent(id)}/artifacts`;
  return {
    root,
    readPage: (folder, pageToken) =>
      workspace.get(`${api}/directories`, {
        ...(folder === '' ? {} : { artifact_directory_path: folder }),
        ...withToken(pageToken),
      }),
    addressOf: async (file) => {
      const answer = await workspace.post(`${api}/credentials-for-download`, { paths: [file] });
      const [first] = listOf(answer, 'credentials');
      const info = (first as { credential_info?: unknown } | undefined)?.credential_info;
      return signedAddress(info, file);
    },
  };
}

/** `databricks/mlflow-tracking/<experiment>/<run>/artifacts/…` */
function runFiles(workspace: DatabricksWorkspace, path: string): Files | null {
  const [, run, root = ''] =
    /^databricks\/mlflow-tracking\/[^/]+\/([^/]+)\/artifacts\/?(.*)$/s.exec(path) ?? [];
  if (run === undefined) return null;
  return {
    root,
    readPage: (folder, pageToken) =>
      workspace.get('/api/2.0/mlflow/artifacts/list', {
        run_id: run,
        ...(folder === '' ? {} : { path: folder }),
        ...withToken(pageToken),
      }),
    addressOf: async (file) => {
      const body = { run_id: run, path: [file] };
      const answer = await workspace.post('/api/2.0/mlflow/artifacts/credentials-for-read', body);
      return signedAddress(listOf(answer, 'credential_infos')[0], file);
    },
  };
}

/** The Files interface. */
function volumeFiles(workspace: DatabricksWorkspace, path: string): Files {
  return {
    root: path,
    entries: 'contents',
    readPage: (folder, pageToken) =>
      workspace.get(`/api/2.0/fs/directories/${encodePath(folder)}`, withToken(pageToken)),
    addressOf: (file) => addressAt(workspace, `/api/2.0/fs/files/${encodePath(file)}`),
  };
}

/** The file system of the workspace. */
function plainFiles(workspace: DatabricksWorkspace, path: string): Files {
  return {
    root: path,
    givesParts: false,
    readPage: (folder) => workspace.get('/api/2.0/dbfs/list', { path: `/${folder}` }),
    addressOf: (file) => addressAt(workspace, `/dbfs/${encodePath(file)}`),
  };
}

function addressAt({ host }: DatabricksWorkspace, path: string): Promise<{ readonly url: URL }> {
  const url = new URL(host);
  url.pathname = path;
  return Promise.resolve({ url });
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
