/** A folder behind a plain web server that lists it in HTML, as nginx, Apache and Python's http.server do. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { downloadUrl, sizeAndVersionOf } from '../http/download-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import { shownUrl } from '../http/http-failure.ts';
import { readIfThere } from '../http/read-if-there.ts';
import type { ArtifactFile, ArtifactStore } from './artifact-store.ts';
import { createGate, type Gate } from './gate.ts';
import { Listing } from './listing.ts';

const pageLimitBytes = 16 * 2 ** 20;
const parallelRequests = 8;

/** `url` is the address of the model's folder. */
export function createIndexStore(client: HttpClient, url: URL): ArtifactStore {
  const root = new URL(url);
  root.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  const urlOf = (path: string): URL => {
    const file = new URL(root);
    file.pathname += path.split('/').map(encodeURIComponent).join('/');
    return file;
  };
  return {
    location: shownUrl(root),
    list: (signal) =>
      listIndex({ client, root, urlOf, signal, gate: createGate(parallelRequests) }),
    read: (path, limitBytes, signal) => readIfThere(client, urlOf(path), limitBytes, signal),
    download: (file, target, options) =>
      downloadUrl(client, urlOf(file.path), file, target, options),
  };
}

interface IndexWalk {
  readonly client: HttpClient;
  readonly root: URL;
  readonly urlOf: (path: string) => URL;
  readonly signal: AbortSignal | undefined;
  readonly gate: Gate;
}

async function listIndex(walk: IndexWalk): Promise<readonly ArtifactFile[]> {
  const listing = new Listing(shownUrl(walk.root));
  let count = 0;
  const visit = async (folder: string): Promise<void> => {
    const names = await walk.gate(() => readPage(walk, folder));
    await Promise.all(
      names.map(async (name) => {
        listing.checkCount((count += 1));
        const path = `${folder}${name}`;
        listing.checkPath(path.replace(/\/$/, ''));
        if (path.endsWith('/')) return visit(path);
        return listing.add(await walk.gate(() => describeFile(walk, path)));
      }),
    );
  };
  await visit('');
  return listing.files;
}

/** Names in a page; those of folders end with `/`. */
async function readPage(
  { client, urlOf, signal }: IndexWalk,
  folder: string,
): Promise<readonly string[]> {
  const url = urlOf(folder);
  const request = signal === undefined ? {} : { signal };
  const html = (await client.bytes(url, request, pageLimitBytes)).toString('utf8');
  if (/<a\s/i.test(html) || /<(html|pre|ul|table)\b/i.test(html)) return entriesOf(html, url);
  throw slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${shownUrl(url)} is neither an archive (.tar.gz, .tar, .zip), nor the artifact proxy of a tracking server, nor a page that lists a folder`,
    { details: { url: shownUrl(url) } },
  );
}

/** Links that lead one step down; sorting links, parents and other hosts don't. */
function entriesOf(html: string, page: URL): readonly string[] {
  const names = new Set<string>();
  for (const [, double, single] of html.matchAll(
    /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi,
  )) {
    const href = unescapeHtml(double ?? single ?? '');
    if (!URL.canParse(href, page.href)) continue;
    const target = new URL(href, page.href);
    const rest = target.pathname.slice(page.pathname.length);
    if (target.origin !== page.origin || !target.pathname.startsWith(page.pathname)) continue;
    if (target.search === '' && target.hash === '' && /^[^/]+\/?$/.test(rest)) {
      names.add(decode(rest));
    }
  }
  return [...names];
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** What does not decode is left for the check of the path to judge. */
function decode(text: string): string {
  try {
    const folder = text.endsWith('/') ? '/' : '';
    return decodeURIComponent(text.replace(/\/$/, '')).replaceAll('/', '\\') + folder;
  } catch {
    return text;
  }
}

/** Pages don't say sizes in bytes; the files themselves do. */
async function describeFile(
  { client, urlOf, signal }: IndexWalk,
  path: string,
): Promise<ArtifactFile> {
  const request = { method: 'HEAD', ...(signal === undefined ? {} : { signal }) } as const;
  const answer = await client.send(urlOf(path), request, [405, 501]);
  answer.body.resume();
  if (answer.status >= 300) return { path, sizeBytes: null };
  const { sizeBytes, version } = sizeAndVersionOf(answer);
  return { path, sizeBytes, ...(version === null ? {} : { etag: version }) };
}
