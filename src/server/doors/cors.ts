/** Lets pages of other origins ask, where the server was told to. Source: the Fetch standard. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ExtraHeaders } from '../error-answer.ts';

/** Answers to what a browser wants to know of other origins. */
export interface Cors {
  /** Headers of the answer to a request; undefined where it has no origin, or one that may not ask. */
  headersFor(headers: IncomingHttpHeaders): ExtraHeaders | undefined;
  /** Headers of the answer to a preflight request; undefined where it is none. */
  preflight(method: string | undefined, headers: IncomingHttpHeaders): ExtraHeaders | undefined;
}

/** How long a browser may remember the answer to a preflight request, in seconds. */
const preflightAgeSeconds = '600';

/** @returns null where no origin may ask */
export function createCors(origins: readonly string[] = []): Cors | null {
  if (origins.length === 0) return null;
  const isForAll = origins.includes('*');
  const known = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  const headersFor = ({ origin }: IncomingHttpHeaders): ExtraHeaders | undefined => {
    if (origin === undefined) return undefined;
    if (isForAll) return { 'access-control-allow-origin': '*' };
    if (!known.has(origin.toLowerCase())) return undefined;
    return { 'access-control-allow-origin': origin, vary: 'Origin' };
  };
  return {
    headersFor,
    preflight(method, headers) {
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined)
        return undefined;
      const allowed = headersFor(headers);
      if (allowed === undefined) return undefined;
      const asked = headers['access-control-request-headers'];
      return {
        ...allowed,
        'access-control-allow-methods': 'GET, POST',
        ...(asked !== undefined && { 'access-control-allow-headers': asked }),
        'access-control-max-age': preflightAgeSeconds,
      };
    },
  };
}
