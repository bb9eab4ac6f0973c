/** FTP against pyftpdlib, SFTP against ssh2's own server, HDFS against a double of WebHDFS. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { canConnect } from '../lifecycle/served-process.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { emulatorProgram } from './emulators.ts';
import { type HttpDouble, sendFile, sendJson, startHttpDouble } from './http-double.ts';
import { serveFiles } from './serve-files.ts';
import { freePort } from './tracking-server.ts';

const weights = Buffer.from(Uint8Array.from({ length: 900_000 }, (_, index) => (index * 7) % 251));
const files = new Map([
  ['MLmodel', Buffer.from('flavors: {}\n')],
  ['data/weights.bin', weights],
  ['data/a b+ü.txt', Buffer.from('odd name')],
]);

const runFile = promisify(execFile);
const main = path.join(projectRoot, 'dist/cli/main.js');

let folder = '';
let count = 0;
const model = (): string => path.join(folder, 'served', 'my model');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-connections-'));
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(model(), name)), { recursive: true });
    await writeFile(path.join(model(), name), content);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function resolve(uri: string, extra: NodeJS.ProcessEnv = {}): Promise<string> {
  return resolveModelUri(uri, {
    environment: {
      HOME: folder,
      SLIPWAY_CACHE: path.join(folder, `cache-${count++}`),
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
      MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
      MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
      ...extra,
    },
  });
}

async function expectWhole(directory: string): Promise<void> {
  for (const [name, content] of files) {
    expect((await readFile(path.join(directory, name))).equals(content), name).toBe(true);
  }
}

const python = emulatorProgram('bin', 'python');

interface FtpServer {
  readonly port: number;
  /** What it printed so far. */
  readonly printed: () => string;
  readonly stop: () => Promise<unknown>;
}

/** Runs a Python program whose arguments hold PORT until it takes connections. */
async function startFtp(args: readonly string[]): Promise<FtpServer> {
  const port = await freePort();
  const server = spawn(
    python ?? '',
    args.map((each) => (each === 'PORT' ? String(port) : each)),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const closed = once(server, 'close');
  let printed = '';
  let errors = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  server.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  while (!(await canConnect(port))) {
    if (server.exitCode !== null) throw new Error(`the FTP server ended: ${errors}`);
    await sleep(50);
  }
  const stop = (): Promise<unknown> => {
    server.kill();
    return closed;
  };
  return { port, printed: () => printed, stop };
}

describe.skipIf(python === null)('ftp: against pyftpdlib (needs the emulators)', () => {
  let server: FtpServer;

  beforeAll(async () => {
    const served = path.join(folder, 'served');
    const args = '-m pyftpdlib -i 127.0.0.1 -p PORT -u me -P p@ss -d'.split(' ');
    server = await startFtp([...args, served]);
  });

  afterAll(() => server.stop());

  const at = (name: string, login = 'me:p%40ss'): string =>
    `ftp://${login}@127.0.0.1:${server.port}/${name}`;

  it('fetches a model, and does not find another', async () => {
    await expectWhole(await resolve(at('my model')));
    await expect(resolve(at('nothing'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('repeats no password where it is wrong', async () => {
    await expect(resolve(at('my model', 'me:wrong-one'))).rejects.toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message: expect.not.stringContaining('wrong-one') as string,
    });
  });
});

it.skipIf(python === null)(
  'ftp: goes on where a transfer broke off, unless the file may have changed (needs the emulators)',
  async () => {
    const served = path.join(folder, 'cut');
    const big = path.join(served, 'm', 'big.bin');
    await mkdir(path.dirname(big), { recursive: true });
    await writeFile(path.join(served, 'm', 'MLmodel'), 'flavors: {}\n');
    await writeFile(big, randomBytes(1_000_000));
    for (const [age, isResumed] of [
      [3600, true],
      [1, false],
    ] as const) {
      const time = Date.now() / 1000 - age;
      await utimes(big, time, time);
      const script = path.join(import.meta.dirname, 'cutting_ftp.py');
      const { port, printed, stop } = await startFtp([script, 'PORT', served]);
      try {
        const directory = await resolve(`ftp://127.0.0.1:${port}/m`);
        const fetched = await readFile(path.join(directory, 'big.bin'));
        expect(fetched.equals(await readFile(big))).toBe(true);
      } finally {
        await stop();
      }
      const starts = Array.from(printed().matchAll(/big\.bin (\d+)/g), ([, start]) =>
        Number(start),
      );
      expect(starts).toEqual([0, isResumed ? expect.any(Number) : 0]);
      expect((starts[1] ?? 0) > 0).toBe(isResumed);
    }
  },
  60_000,
);

describe("sftp: against ssh2's own server", { timeout: 60_000 }, () => {
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
  const clientKey = ssh2.utils.generateKeyPairSync('ed25519');
  let server: ssh2.Server;
  let port = 0;
  /** Hears of each read; true breaks the connection off. */
  let onRead: (file: string, offset: number) => boolean = () => false;

  beforeAll(async () => {
    server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (asked) => {
        const isKey =
          asked.method === 'publickey' &&
          asked.key.data.equals(Buffer.from(clientKey.public.split(' ')[1] ?? '', 'base64'));
        const isPassword = asked.method === 'password' && asked.password === 'p@ss';
        if (isKey || isPassword) asked.accept();
        else asked.reject(['publickey', 'password']);
      });
      client.on('ready', () =>
        client.on('session', (accept) =>
          accept().on('sftp', (open) =>
            serveFiles(open(), path.join(folder, 'served'), (file, offset) => {
              if (onRead(file, offset)) client.end();
            }),
          ),
        ),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
    await mkdir(path.join(folder, '.ssh'), { recursive: true });
    await writeFile(path.join(folder, '.ssh', 'id_ed25519'), clientKey.private);
    await trust(hostKey.public);
  });

  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  });

  /** With the name hashed, as Debian's ssh writes it. */
  async function trust(publicKey: string): Promise<void> {
    const salt = Buffer.from('0123456789abcdefghij');
    const hash = createHmac('sha1', salt).update(`[127.0.0.1]:${port}`).digest('base64');
    const line = `|1|${salt.toString('base64')}|${hash} ${publicKey}\n`;
    await writeFile(path.join(folder, '.ssh', 'known_hosts'), `# mine\n${line}`);
  }

  const at = (name: string, login = 'me'): string => `sftp://${login}@127.0.0.1:${port}/${name}`;

  it('lets in by key and by password', async () => {
    await expectWhole(await resolve(at('my model')));
    await expectWhole(await resolve(at('my model', 'me:p%40ss'), { HOME: await homeWithout() }));
    await expect(resolve(at('nothing'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('is spoken by the built command, whether or not it has been compiled before', async () => {
    const env = { ...process.env, HOME: folder, SLIPWAY_CACHE: path.join(folder, 'of-command') };
    for (const cache of [[], ['--no-cache']]) {
      const args = [main, 'inspect', '-m', at('my model'), ...cache];
      const { stdout } = await runFile(process.execPath, args, { env });
      expect(stdout).toContain('my model');
    }
  });

  async function homeWithout(): Promise<string> {
    const home = path.join(folder, 'keyless');
    await mkdir(path.join(home, '.ssh'), { recursive: true });
    const known = await readFile(path.join(folder, '.ssh', 'known_hosts'));
    await writeFile(path.join(home, '.ssh', 'known_hosts'), known);
    return home;
  }

  it('takes host, port, user and key from ~/.ssh/config', async () => {
    const home = await homeWithout();
    await writeFile(path.join(home, 'key'), clientKey.private);
    await writeFile(
      path.join(home, '.ssh', 'config'),
      `Host other\n  Port 1\nHost models*\n  HostName 127.0.0.1\n  Port ${port}\n  User me\n  IdentityFile ~/key\n`,
    );
    await expectWhole(await resolve('sftp://models.team/my model', { HOME: home }));
  });

  it('survives lost connections', async () => {
    let drops = 2;
    onRead = () => drops-- > 0;
    await expectWhole(await resolve(at('my model')));
  });

  it('goes on where a transfer broke off, unless the file may have changed', async () => {
    const big = path.join(folder, 'served', 'long', 'big.bin');
    await mkdir(path.dirname(big), { recursive: true });
    await writeFile(path.join(path.dirname(big), 'MLmodel'), 'flavors: {}\n');
    await writeFile(big, randomBytes(2_000_000));
    for (const [age, isResumed] of [
      [3600, true],
      [1, false],
    ] as const) {
      const time = Date.now() / 1000 - age;
      await utimes(big, time, time);
      const offsets: number[][] = [[]];
      onRead = (file, offset) => {
        if (file !== big) return false;
        offsets.at(-1)?.push(offset);
        const isCut = offsets.length === 1 && offset > 1_000_000;
        if (isCut) offsets.push([]);
        return isCut;
      };
      const directory = await resolve(at('long'));
      expect((await readFile(path.join(directory, 'big.bin'))).equals(await readFile(big))).toBe(
        true,
      );
      const [first = 0, second = 0] = offsets.map((each) => Math.min(...each));
      expect([offsets.length, first, second > 0]).toEqual([2, 0, isResumed]);
      expect(second).toBeLessThan(1_000_000);
    }
  });

  it('believes no other host, and lets nobody in without a key', async () => {
    const nobody = path.join(folder, 'nobody');
    await expect(resolve(at('my model'), { HOME: nobody })).rejects.toThrow(/ssh-keyscan -p/);
    await expect(
      resolve(at('my model', 'me:wrong-one'), { HOME: await homeWithout() }),
    ).rejects.toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message: expect.not.stringContaining('wrong-one') as string,
    });
    await trust(ssh2.utils.generateKeyPairSync('ed25519').public);
    await expect(resolve(at('my model'))).rejects.toThrow(/another key/);
    await trust(hostKey.public);
  });
});

describe('hdfs: against a double of WebHDFS', () => {
  let double: HttpDouble;

  beforeAll(async () => {
    double = await startHttpDouble();
    double.fault = (request, answer) => {
      const url = new URL(request.url ?? '', double.url);
      const name = decodeURIComponent(url.pathname).replace('/gateway/webhdfs/v1/my model', '');
      const operation = url.searchParams.get('op');
      if (url.pathname.startsWith('/datanode/')) {
        sendFile(request, answer, files.get(decodeURIComponent(url.pathname.slice(10))) ?? weights);
      } else if (url.searchParams.get('user.name') !== 'hadoop') {
        answer.writeHead(401).end('{"RemoteException":{"message":"who?"}}');
      } else if (operation === 'OPEN') {
        answer.writeHead(307, { location: `/datanode/${encodeURIComponent(name.slice(1))}` }).end();
      } else if (operation === 'LISTSTATUS' && (name === '' || name === '/data')) {
        const prefix = name === '' ? '' : 'data/';
        const inside = [...files].filter(([file]) => file.startsWith(prefix));
        const own = inside
          .map(([file, content]) => ({ pathSuffix: file.slice(prefix.length), content }))
          .filter(({ pathSuffix }) => !pathSuffix.includes('/'))
          .map(({ pathSuffix, content }) => ({
            pathSuffix,
            type: 'FILE',
            length: content.length,
            modificationTime: 1_700_000_000_000,
          }));
        const folders = name === '' ? [{ pathSuffix: 'data', type: 'DIRECTORY', length: 0 }] : [];
        sendJson(answer, { FileStatuses: { FileStatus: [...own, ...folders] } });
      } else answer.writeHead(404).end('{"RemoteException":{"message":"no such folder"}}');
      return true;
    };
  });

  afterAll(() => double.close());

  const gateway = (): NodeJS.ProcessEnv => ({
    SLIPWAY_WEBHDFS_URL: `${double.url}/gateway`,
    HADOOP_USER_NAME: 'hadoop',
  });

  it('lists folders, and follows the name node to the data node', async () => {
    await expectWhole(await resolve('hdfs://cluster:8020/my model', gateway()));
    await expectWhole(await resolve('hdfs:/my%20model', gateway()));
    const missing = resolve('hdfs:/nothing', gateway());
    await expect(missing).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('says what to set', async () => {
    await expect(resolve('hdfs:/my model')).rejects.toThrow(/SLIPWAY_WEBHDFS_URL/);
    const nobody = { ...gateway(), HADOOP_USER_NAME: 'nobody' };
    await expect(resolve('hdfs:/my model', nobody)).rejects.toThrow(/SLIPWAY_WEBHDFS_TOKEN/);
  });
});
