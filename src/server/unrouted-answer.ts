/** Answers to what no route takes: 405 for a known path, 307 for one with a trailing slash, else 404. Source: Starlette. */
import type { Answer } from './error-answer.ts';
import { allowedMethods } from './routes.ts';

/**
 * @param url request target as sent: path and query
 * @param host value of the Host header
 */
export function unroutedAnswer(url: string, host: string): Answer {
  const [rawPath, query] = splitQuery(url);
  const path = decodePath(rawPath);
  const allow = allowedMethods(path);
  if (allow !== undefined) return { ...detail(405, 'Method Not Allowed'), headers: { allow } };
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed !== path && allowedMethods(trimmed) !== undefined) {
    const location = `http://${host}${trimmed}${query === undefined ? '' : `?${query}`}`;
    return { status: 307, contentType: '', body: '', headers: { location } };
  }
  return detail(404, 'Not Found');
}

function splitQuery(url: string): [string, string | undefined] {
  const at = url.indexOf('?');
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function detail(status: number, text: string): Answer {
  return { status, contentType: 'application/json', body: `{"detail":"${text}"}` };
}
