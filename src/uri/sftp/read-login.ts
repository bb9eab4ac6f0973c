/** Who we are for a host, and whether it is the one that we know: the URI, `~/.ssh/config`, the agent, the keys of `~/.ssh`. */
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { ConnectConfig } from 'ssh2';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readText } from '../http/http-settings.ts';
import { isKnownHost } from './known-hosts.ts';
import { readSshConfig } from './read-ssh-config.ts';

/** What a connection starts with. */
export interface Login {
  readonly config: ConnectConfig;
  /** Why the host is not believed; null as long as it is. */
  readonly refusal: () => Error | null;
}

/** Reads it for `sftp://user:password@host:port/`. */
export async function readLogin(url: URL, environment: NodeJS.ProcessEnv): Promise<Login> {
  const folder = path.join(readText(environment, 'HOME') ?? homedir(), '.ssh');
  const read = (name: string): Promise<string> =>
    readFile(path.join(folder, name), 'utf8').catch(() => '');
  const named = url.hostname.replace(/^\[|\]$/g, '');
  const settings = readSshConfig(await read('config'), named);
  const port = url.port === '' ? (settings.port ?? 22) : Number(url.port);
  const host = settings.hostname ?? named;
  const known = await read('known_hosts');
  const password = decodeURIComponent(url.password);
  const files = settings.identityFiles.map((file) => file.replace(/^~/, path.dirname(folder)));
  const privateKey = await firstKey([
    ...files,
    ...['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => path.join(folder, name)),
  ]);
  const agent = readText(environment, 'SSH_AUTH_SOCK');
  let refusal: Error | null = null;
  const config: ConnectConfig = {
    host,
    port,
    username:
      url.username === ''
        ? (settings.user ?? userInfo().username)
        : decodeURIComponent(url.username),
    ...(password === '' ? {} : { password }),
    ...(privateKey === null ? {} : { privateKey }),
    ...(agent === null ? {} : { agent }),
    hostVerifier: (key: Buffer) => {
      const isKnown = isKnownHost(known, host, port, key);
      if (isKnown !== true) refusal = unknownHost(host, port, isKnown === false);
      return isKnown === true;
    },
  };
  return { config, refusal: () => refusal };
}

async function firstKey(files: readonly string[]): Promise<Buffer | null> {
  for (const file of files) {
    const content = await readFile(file).catch(() => null);
    if (content !== null) return content;
  }
  return null;
}

function unknownHost(host: string, port: number, hasChanged: boolean): Error {
  const what = hasChanged ? 'shows another key than the one' : 'shows a key that is not';
  return slipwayError(
    'MODEL_ACCESS_DENIED',
    `${host} ${what} in ~/.ssh/known_hosts; if it is the right host, run "ssh-keyscan -p ${port} ${host} >> ~/.ssh/known_hosts"`,
    { details: { host, port } },
  );
}
