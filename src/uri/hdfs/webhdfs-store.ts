/** HDFS, by its REST interface (WebHDFS, HttpFS): no Java and no libhdfs. */
import { userInfo } from 'node:os';
import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createFolderStore, type FolderEntry } from '../artifacts/folder-store.ts';
import { anonymous, createHttpClient } from '../http/http-client.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import { readJson } from '../http/read-json.ts';
import { decodePath } from '../local-path.ts';
import { field, listOf, textField } from '../tracking/read-answer.ts';
import type { UriSession } from '../uri-session.ts';

/** Of a name node, where nothing else is said. */
const defaultPort = 9870;

/**
 * Opens the folder `below` of `hdfs://namenode:8020/path` or `hdfs:/path` (`viewfs:` alike).
 * @throws MODEL_URI_INVALID without a host, INVALID_ENVIRONMENT_VARIABLE
 */
export function openHdfsStore(session: UriSession, uri: string, below: string): ArtifactStore {
  const { environment, signal } = session;
  const [, host = '', path = ''] = /^[a-z]+:(?:\/\/([^/:]*)(?::\d+)?)?\/*(.*)$/is.exec(uri) ?? [];
  const root = rootOf(host, environment, uri);
  const parts = [...decodePath(path).split('/'), ...below.split('/')].filter((part) => part !== '');
  const client = createHttpClient(readHttpSettings(environment), anonymous);
  session.onClose(() => client.close());
  const at = (file: string, operation: string): URL => {
    const url = new URL(root);
    const all = file === '' ? parts : [...parts, ...file.split('/')];
    url.pathname = `${root.pathname.replace(/\/+$/, '')}/webhdfs/v1/${all.map(encodeURIComponent).join('/')}`;
    url.search = new URLSearchParams({ op: operation, ...whoOf(environment) }).toString();
    return url;
  };
  return createFolderStore({
    client,
    location: `hdfs://${root.host}/${parts.join('/')}`,
    givesParts: false,
    addressOf: (file) => Promise.resolve({ url: at(file, 'OPEN') }),
    listFolder: async (folder) => {
      const url = at(folder, 'LISTSTATUS');
      const answer = await readJson(client, url, signal === undefined ? {} : { signal }).catch(
        (error: unknown) => explain(error),
      );
      return listOf(field(answer, 'FileStatuses'), 'FileStatus').map(toEntry);
    },
  });
}

function rootOf(host: string, environment: NodeJS.ProcessEnv, uri: string): URL {
  const text = readText(environment, 'SLIPWAY_WEBHDFS_URL');
  if (text !== null) {
    if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      `SLIPWAY_WEBHDFS_URL must be an http(s) address, not '${text}'.`,
    );
  }
  if (host !== '' && host !== 'default') return new URL(`http://${host}:${defaultPort}`);
  throw slipwayError(
    'MODEL_URI_INVALID',
    `${uri} names no host: set SLIPWAY_WEBHDFS_URL to the address of WebHDFS or HttpFS, http://namenode:${defaultPort}`,
    { details: { uri } },
  );
}

/** A delegation token, else the name of a user, which clusters without Kerberos believe. */
function whoOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const token = readText(environment, 'SLIPWAY_WEBHDFS_TOKEN');
  if (token !== null) return { delegation: token };
  const name =
    readText(environment, 'MLFLOW_KERBEROS_USER') ??
    readText(environment, 'HADOOP_USER_NAME') ??
    userInfo().username;
  return { 'user.name': name };
}

/** A file lists itself, with an empty name. */
function toEntry(status: unknown): FolderEntry {
  const isFolder = textField(status, 'type') === 'DIRECTORY';
  const size = textField(status, 'length');
  const changedAt = textField(status, 'modificationTime');
  return {
    name: textField(status, 'pathSuffix') ?? '',
    isFolder,
    sizeBytes: isFolder || size === null ? null : Number(size),
    ...(changedAt === null ? {} : { etag: changedAt }),
  };
}

function explain(error: unknown): never {
  if (!isSlipwayError(error, 'MODEL_ACCESS_DENIED')) throw error;
  throw slipwayError(
    'MODEL_ACCESS_DENIED',
    `${error.message.replace(/; check .*$/s, '')}; set HADOOP_USER_NAME, or for a cluster with Kerberos SLIPWAY_WEBHDFS_TOKEN to a delegation token ("hdfs fetchdt")`,
    { details: error.details, cause: error },
  );
}
