/** Models on plain web servers: folders that are listed in HTML, archives; sound ones and hostile ones. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type HttpDouble, sendFile, startHttpDouble } from './http-double.ts';
import { type MadeEntry, makeTar, makeZip } from './make-archives.ts';

const files = new Map([
  ['MLmodel', Buffer.from('flavors: {}\n')],
  ['data/my weights #1.bin', Buffer.alloc(100_000, 'abcdefg')],
  ['data/empty', Buffer.alloc(0)],
]);

let folder = '';
let double: HttpDouble;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-web-'));
  double = await startHttpDouble();
});

afterEach(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

function resolve(uri: string): Promise<string> {
  const environment = { HOME: folder, SLIPWAY_CACHE: path.join(folder, 'cache') };
  return resolveModelUri(uri, { environment });
}

async function expectWhole(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  expect(names.filter((entry) => entry.isFile())).toHaveLength(files.size);
  for (const [name, content] of files) {
    expect((await readFile(path.join(directory, name))).equals(content), name).toBe(true);
  }
}

/** Serves one file under every address. */
function serveArchive(content: Buffer): void {
  double.fault = (request, answer) => {
    sendFile(request, answer, content);
    return true;
  };
}

function made(prefix: string): readonly MadeEntry[] {
  return Array.from(files, ([name, content]) => ({ name: `${prefix}${name}`, content }));
}

const builders = [
  ['model.tar.gz', (entries: readonly MadeEntry[]) => gzipSync(makeTar(entries))],
  ['model.tgz', (entries: readonly MadeEntry[]) => gzipSync(makeTar(entries))],
  ['model.tar', makeTar],
  ['model.zip', makeZip],
] as const;

describe.each(builders)('%s', (name, build) => {
  it.each(['', 'my model/', './'])('is unpacked from the folder %j in it', async (prefix) => {
    serveArchive(build(made(prefix)));
    await expectWhole(await resolve(`${double.url}/${name}`));
    expect(await readdir(path.join(folder, 'cache/models/partial'))).toEqual([]);
  });

  it('is not fetched again while its etag stays', async () => {
    serveArchive(build(made('')));
    const first = await resolve(`${double.url}/${name}?signature=secret`);
    const before = double.requests.length;
    expect(await resolve(`${double.url}/${name}?signature=secret`)).toBe(first);
    expect(double.requests.slice(before).map(({ line }) => line.split(' ')[0])).toEqual(['HEAD']);
    const record = await readFile(path.join(path.dirname(first), 'entry.json'), 'utf8');
    expect(record).not.toContain('secret');
  });

  it.each([
    ['a path upwards', { name: '../evil', content: Buffer.from('x') }],
    ['a path upwards inside', { name: 'a/../../evil', content: Buffer.from('x') }],
    ['an absolute path', { name: '/tmp/evil', content: Buffer.from('x') }],
    ['a drive', { name: 'C:\\evil', content: Buffer.from('x') }],
    ['a link', { name: 'link', content: Buffer.from('/etc/passwd'), link: true }],
    ['a size beyond its end', { name: 'big', content: Buffer.from('x'), claimedBytes: 2 ** 31 }],
    ['a file below a file', { name: 'MLmodel/evil', content: Buffer.from('x') }],
  ])('with %s is refused', async (_what, entry) => {
    serveArchive(build([...made(''), entry]));
    await expect(resolve(`${double.url}/${name}`)).rejects.toMatchObject({
      code: expect.stringMatching(/MODEL_LISTING_INVALID|MODEL_FETCH_FAILED/) as string,
    });
    const kept = path.join(folder, 'cache/models');
    expect(await readdir(path.join(kept, 'content')).catch(() => [])).toEqual([]);
    expect(await readdir(path.join(kept, 'partial')).catch(() => [])).toEqual([]);
    expect(await readdir(folder)).not.toContain('evil');
  });

  it('is refused when it is cut or garbled, and never half used', async () => {
    const whole = build(made(''));
    for (let step = 1; step < 40; step++) {
      const damaged = Buffer.from(whole.subarray(0, Math.floor((whole.length * step) / 40)));
      if (damaged.length > 10) damaged[Math.floor(damaged.length / 2)]! ^= 0xff;
      serveArchive(damaged);
      const outcome = await resolve(`${double.url}/${step}/${name}`).catch(
        (error: unknown) => error,
      );
      if (typeof outcome !== 'string') {
        expect(outcome).toMatchObject({ name: 'SlipwayError' });
      } else expect.fail(`${name} cut at ${step} of 40 gave ${outcome}`);
    }
  });
});

it('reads what tar writes, long names too', async () => {
  const long = `${'deep/'.repeat(20)}${'n'.repeat(120)}.bin`;
  const model = path.join(folder, 'model');
  await promisify(execFile)('mkdir', ['-p', path.dirname(path.join(model, long))]);
  await writeFile(path.join(model, 'MLmodel'), 'flavors: {}\n');
  await writeFile(path.join(model, long), 'weights');
  for (const format of ['gnu', 'pax', 'ustar']) {
    const target = path.join(folder, `${format}.tar.gz`);
    const written = await promisify(execFile)('tar', [
      `--format=${format}`,
      '-czf',
      target,
      '-C',
      folder,
      'model',
    ]).catch(() => null);
    if (written === null) continue; // ustar has no room for such a name
    serveArchive(await readFile(target));
    const directory = await resolve(`${double.url}/${format}.tar.gz`);
    expect(await readFile(path.join(directory, long), 'utf8')).toBe('weights');
  }
});

describe('a folder that a web server lists', () => {
  /** As Python's http.server writes it. */
  function page(names: readonly string[]): string {
    const items = names.map((name) => {
      const href = encodeURIComponent(name.replace(/\/$/, '')) + (name.endsWith('/') ? '/' : '');
      return `<li><a href="${href}">${name}</a></li>`;
    });
    const sorting = '<a href="?C=N;O=D">Name</a> <a href="../">..</a> <a href="http://x/y">x</a>';
    return `<!DOCTYPE HTML>\n<html><body>${sorting}<ul>${items.join('\n')}</ul></body></html>`;
  }

  function serveFolder(extra: readonly string[] = []): void {
    double.fault = (request, answer) => {
      const name = decodeURIComponent((request.url ?? '').replace(/^\/models\/m\//, ''));
      const content = files.get(name);
      if (content !== undefined) sendFile(request, answer, content);
      else if (name === '') answer.end(page(['MLmodel', 'data/', ...extra]));
      else if (name === 'data/') answer.end(page(['my weights #1.bin', 'empty']));
      else answer.writeHead(404).end();
      return true;
    };
  }

  it.each(['', '/'])('is fetched, written with %j at the end', async (end) => {
    serveFolder();
    await expectWhole(await resolve(`${double.url}/models/m${end}`));
  });

  it('is fetched again when a file of it changes', async () => {
    serveFolder();
    const first = await resolve(`${double.url}/models/m`);
    expect(await resolve(`${double.url}/models/m`)).toBe(first);
    const weights = files.get('data/my weights #1.bin') ?? Buffer.alloc(0);
    files.set('data/my weights #1.bin', Buffer.alloc(100_001, 'z'));
    try {
      const second = await resolve(`${double.url}/models/m`);
      expect(second).not.toBe(first);
      await expectWhole(second);
    } finally {
      files.set('data/my weights #1.bin', weights);
    }
  });

  it.each(['..%2fevil', '%2e%2e%5cevil', '\u0000'])('with the name %j is refused', async (name) => {
    serveFolder();
    const { fault } = double;
    double.fault = (request, answer) => {
      if (request.url !== '/models/m/') return fault(request, answer);
      answer.end(
        `<html><a href="MLmodel">m</a><a href="${encodeURI(name).replaceAll('%25', '%')}">e</a>`,
      );
      return true;
    };
    await expect(resolve(`${double.url}/models/m`)).rejects.toMatchObject({
      code: 'MODEL_LISTING_INVALID',
    });
  });

  it('is told from a page of another kind', async () => {
    double.fault = (_request, answer) => {
      answer.end('{"hello": "world"}');
      return true;
    };
    await expect(resolve(`${double.url}/models/m`)).rejects.toMatchObject({
      code: 'MODEL_URI_UNSUPPORTED',
    });
  });
});
