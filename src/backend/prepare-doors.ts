/** From the options of `serve` to the doors and limits of its servers: reads the files that they name. */
import { readFile } from 'node:fs/promises';
import type { ServeOptions } from '../contract/flavor-backend.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { ScoringServerOptions } from '../server/create-scoring-server.ts';
import { parseKeys } from '../server/doors/api-keys.ts';
import { createDoors, type Doors, type DoorSettings } from '../server/doors/doors.ts';
import { readTlsFiles, type TlsPaths } from '../server/doors/tls-files.ts';

/** What the servers are made with. */
export type PreparedDoors = { readonly doors: Doors } & Pick<
  ScoringServerOptions,
  'bodyLimitBytes' | 'headerTimeoutMs' | 'bodyTimeoutMs' | 'keepAliveTimeoutMs' | 'maxConnections'
>;

/** @throws TLS_FILE_INVALID, API_KEYS_INVALID, INVALID_OPTION */
export async function prepareDoors(serve: ServeOptions): Promise<PreparedDoors> {
  const [tls, apiKeys] = await Promise.all([readTls(serve), readKeys(serve)]);
  const { host = 'localhost', unixSocket, allowedHosts, corsOrigins } = serve;
  const settings: DoorSettings = {
    host: unixSocket === undefined ? host : null,
    apiKeys,
    ...(allowedHosts !== undefined && { allowedHosts }),
    ...(corsOrigins !== undefined && { corsOrigins }),
    ...(tls !== null && { tls }),
  };
  return { doors: createDoors(settings), ...limitsOf(serve) };
}

function limitsOf(serve: ServeOptions): Omit<PreparedDoors, 'doors'> {
  const { maxBodyBytes, maxConnections } = serve;
  const { headerTimeoutSeconds, bodyTimeoutSeconds, keepAliveTimeoutSeconds } = serve;
  return {
    ...(maxBodyBytes !== undefined && { bodyLimitBytes: maxBodyBytes }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(headerTimeoutSeconds !== undefined && { headerTimeoutMs: headerTimeoutSeconds * 1000 }),
    ...(bodyTimeoutSeconds !== undefined && { bodyTimeoutMs: bodyTimeoutSeconds * 1000 }),
    ...(keepAliveTimeoutSeconds !== undefined && {
      keepAliveTimeoutMs: keepAliveTimeoutSeconds * 1000,
    }),
  };
}

function readTls({
  tlsCert,
  tlsKey,
  tlsClientCa,
}: ServeOptions): ReturnType<typeof readTlsFiles> | null {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw slipwayError(
      'INVALID_OPTION',
      'TLS needs both a certificate (--tls-cert) and its key (--tls-key).',
    );
  }
  const paths: TlsPaths = { cert: tlsCert, key: tlsKey, clientCa: tlsClientCa ?? null };
  return readTlsFiles(paths);
}

async function readKeys({ apiKeys = [], apiKeyFile }: ServeOptions): Promise<readonly string[]> {
  if (apiKeyFile === undefined) return apiKeys;
  const text = await readFile(apiKeyFile, 'utf8').catch((error: unknown) => {
    throw keysInvalid(apiKeyFile, error instanceof Error ? error.message : String(error));
  });
  const keys = parseKeys(text);
  // A server that was told to ask for keys must not be open to all.
  if (keys.length === 0) throw keysInvalid(apiKeyFile, 'it holds none');
  return [...apiKeys, ...keys];
}

function keysInvalid(file: string, why: string): SlipwayError {
  return slipwayError('API_KEYS_INVALID', `The API keys of ${file} cannot be used: ${why}.`);
}
