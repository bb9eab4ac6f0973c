/** Files behind a Databricks workspace: listed by it, and fetched from it or by addresses that it signs. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  createFolderStore,
  type FileAddress,
  type FolderEntry,
} from '../artifacts/folder-store.ts';
import { field, listOf, textField } from '../tracking/read-answer.ts';
import type { DatabricksWorkspace } from './databricks-workspace.ts';

const pageLimit = 10_000;

/** What is different from one interface of Databricks to the next. */
export interface DatabricksFiles {
  readonly location: string;
  /** Path of the model's folder in the interface, without slashes around it. */
  readonly root: string;
  /** A page of the entries of the folder at this path. */
  readonly readPage: (path: string, pageToken: string | null) => Promise<unknown>;
  /** Member of a page that holds the entries. Default: `files`. */
  readonly entries?: string;
  readonly addressOf: (path: string) => Promise<FileAddress>;
  /** Default: true. */
  readonly givesParts?: boolean;
}

/** A store of them. */
export function createDatabricksStore(
  { client }: DatabricksWorkspace,
  { location, root, readPage, entries = 'files', addressOf, givesParts = true }: DatabricksFiles,
): ArtifactStore {
  const full = (path: string): string => [root, path].filter((part) => part !== '').join('/');
  return createFolderStore({
    client,
    location,
    givesParts,
    addressOf: (path) => addressOf(full(path)),
    listFolder: async (folder) => {
      const found: FolderEntry[] = [];
      let token: string | null = null;
      for (let page = 0; page < pageLimit; page++) {
        const answer: unknown = await readPage(full(folder), token);
        found.push(...listOf(answer, entries).map((entry) => toEntry(entry, full(folder))));
        token = textField(answer, 'next_page_token');
        if (token === null || token === '') return found;
      }
      throw slipwayError('MODEL_LISTING_INVALID', `${location} is listed on pages without end`);
    },
  });
}

/** Paths are from the root of the interface; what is not right below `folder` keeps its path, which is then refused. */
function toEntry(entry: unknown, folder: string): FolderEntry {
  const path = (textField(entry, 'path') ?? '').replace(/\/+$/, '');
  const plain = path.replace(/^\//, '');
  const prefix = folder === '' ? '' : `${folder}/`;
  const name = plain.startsWith(prefix) ? plain.slice(prefix.length) : `/${plain}`;
  const isFolder = field(entry, 'is_dir') === true || field(entry, 'is_directory') === true;
  return { name, isFolder, sizeBytes: isFolder ? null : sizeOf(entry) };
}

function sizeOf(entry: unknown): number | null {
  const text = textField(entry, 'file_size');
  return text === null ? null : Number(text);
}

/** `{ signed_uri | url, headers: [{ name, value }] }`. @throws MODEL_FETCH_FAILED */
export function signedAddress(answer: unknown, location: string): FileAddress {
  const address = textField(answer, 'signed_uri') ?? textField(answer, 'url') ?? '';
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw slipwayError('MODEL_FETCH_FAILED', `Databricks signs no address for ${location}`, {
      details: { location },
    });
  }
  const headers = listOf(answer, 'headers').map((header) => [
    (textField(header, 'name') ?? '').toLowerCase(),
    textField(header, 'value') ?? '',
  ]);
  return { url: new URL(address), headers: Object.fromEntries(headers) as Record<string, string> };
}
