/** What stands before the routes: who may ask, as a server was told. */
import type { IncomingMessage } from 'node:http';
import { slipwayError } from '../../errors/slipway-error.ts';
import { type Answer, answerOfError, type ExtraHeaders } from '../error-answer.ts';
import { v2ErrorAnswer } from '../v2/v2-error-answer.ts';
import { createKeyChecker, type KeyChecker } from './api-keys.ts';
import { createCors } from './cors.ts';
import { createHostCheck, type HostCheck } from './host-check.ts';
import { keyRequired } from './key-required.ts';
import type { TlsFiles } from './tls-files.ts';

/** Settings of {@link createDoors}. */
export interface DoorSettings {
  /** Where the server listens; null for a unix socket, which no browser reaches. */
  readonly host: string | null;
  readonly allowedHosts?: readonly string[];
  readonly corsOrigins?: readonly string[];
  readonly apiKeys?: readonly string[];
  readonly tls?: TlsFiles;
}

/** The doors of one server. */
export interface Doors {
  /** Certificate and key, where the server speaks TLS. */
  readonly tls: TlsFiles | null;
  /** Whether a request can be answered that shows no key. */
  readonly areOpen: boolean;
  /** Whether a request may name this host. */
  readonly admitsHost: HostCheck;
  /** Whether a client shows a key; for other transports too. */
  readonly hasKey: KeyChecker;
  /** Null: it may go on. */
  refuse(request: IncomingMessage): Answer | null;
  /** Headers that the answer gets; undefined mostly. */
  headersFor(request: IncomingMessage): ExtraHeaders | undefined;
}

/** What says whether the server is there is open to all: load balancers have no keys. */
const openPaths = new Set(['/ping', '/health', '/v2/health/live', '/v2/health/ready']);

/** Makes the doors. */
export function createDoors({
  host,
  allowedHosts,
  corsOrigins,
  apiKeys = [],
  tls,
}: DoorSettings): Doors {
  const checkHost = host === null ? null : createHostCheck(host, allowedHosts);
  const cors = createCors(corsOrigins);
  const hasKey = createKeyChecker(apiKeys);
  const admitsHost: HostCheck = checkHost ?? (() => true);
  return {
    tls: tls ?? null,
    areOpen: apiKeys.length === 0,
    admitsHost,
    hasKey,
    refuse(request) {
      const { method, headers } = request;
      if (!admitsHost(headers.host)) return hostRefusal(request);
      const preflight = cors?.preflight(method, headers);
      if (preflight !== undefined) return { ...noContent, headers: preflight };
      if (apiKeys.length === 0 || openPaths.has(pathOf(request))) return null;
      return hasKey(headers.authorization, apiKeyOf(request)) ? null : keyRefusal(request);
    },
    headersFor: ({ headers }) => cors?.headersFor(headers),
  };
}

const noContent: Answer = { status: 204, contentType: '', body: '' };

function hostRefusal(request: IncomingMessage): Answer {
  const { host = '' } = request.headers;
  const message = `This server does not answer for the host ${JSON.stringify(host.slice(0, 100))}; name it with --allowed-host if it should.`;
  return answerFor(request, slipwayError('HOST_NOT_ALLOWED', message));
}

function keyRefusal(request: IncomingMessage): Answer {
  return { ...answerFor(request, keyRequired()), headers: { 'www-authenticate': 'Bearer' } };
}

function answerFor(request: IncomingMessage, error: Error): Answer {
  if (/^\/v2(\/|$)/.test(pathOf(request))) return v2ErrorAnswer(error);
  return answerOfError(error, { compat: 'slipway' });
}

function apiKeyOf({ headers }: IncomingMessage): string | undefined {
  const value = headers['x-api-key'];
  return typeof value === 'string' ? value : undefined;
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
