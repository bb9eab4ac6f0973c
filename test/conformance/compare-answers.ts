/** Judges an answer against the recorded one, as the corpus says how. */
import type { CorpusCase, Numeric } from './corpus.ts';

/** An answer of our server. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Largest relative difference by kind of arithmetic; 0 demands the same bytes. */
const tolerances: Readonly<Record<Numeric, number>> = {
  exact: 0,
  labels: 0,
  libm: 1e-6,
  blas: 1e-5,
};

/** Largest relative difference allowed. */
export function toleranceOf(numeric: Numeric): number {
  return tolerances[numeric];
}

/** What is wrong with `answer`; null when it is as it must be. */
export function judgeAnswer(recorded: CorpusCase, answer: Answer, numeric: Numeric): string | null {
  const expected = recorded.response;
  if (answer.status !== expected.status) {
    return `status ${answer.status} in place of ${expected.status}: ${answer.body.slice(0, 300)}`;
  }
  if (recorded.compare === 'status+error_code') return judgeError(recorded, answer);
  if ((answer.contentType ?? null) !== expected.content_type) {
    return `content type ${answer.contentType} in place of ${expected.content_type}`;
  }
  return judgeHeaders(recorded, answer) ?? judgeBody(recorded, answer.body, numeric);
}

function judgeError(recorded: CorpusCase, answer: Answer): string | null {
  if (recorded.error_code === undefined) return null;
  const code = errorCodeOf(answer.body);
  return code === recorded.error_code
    ? null
    : `error_code ${code} in place of ${recorded.error_code}`;
}

function errorCodeOf(body: string): string | null {
  try {
    return (JSON.parse(body) as { error_code?: string }).error_code ?? null;
  } catch {
    return null;
  }
}

function judgeHeaders(recorded: CorpusCase, answer: Answer): string | null {
  const { allow, location } = recorded.response;
  if (allow !== undefined && answer.headers['allow'] !== allow) {
    return `allow ${String(answer.headers['allow'])} in place of ${allow}`;
  }
  const header = answer.headers['location'];
  const got = typeof header === 'string' ? header : '';
  if (location !== undefined && new URL(got).pathname !== new URL(location).pathname) {
    return `location ${got} in place of ${location}`;
  }
  return null;
}

function judgeBody(recorded: CorpusCase, body: string, numeric: Numeric): string | null {
  const kind = recorded.numeric ?? numeric;
  return judgeText(recorded.response.body, body, toleranceOf(kind));
}

/** Compares two bodies: the same bytes, or, with a tolerance, the same text around close numbers. */
export function judgeText(expected: string, actual: string, tolerance: number): string | null {
  if (expected === actual) return null;
  const difference = `body ${excerpt(actual, expected)} in place of ${excerpt(expected, actual)}`;
  if (tolerance === 0) return difference;
  const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;
  if (expected.replace(number, '#') !== actual.replace(number, '#')) return difference;
  const wanted = expected.match(number) ?? [];
  const got = actual.match(number) ?? [];
  const far = wanted.findIndex((text, i) => !isClose(Number(text), Number(got[i]), tolerance));
  return far < 0 ? null : `number ${got[far]} in place of ${wanted[far]}`;
}

function isClose(a: number, b: number, tolerance: number): boolean {
  return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-30);
}

/** The part of `text` around its first difference from `other`. */
function excerpt(text: string, other: string): string {
  let start = 0;
  while (start < text.length && text[start] === other[start]) start++;
  return JSON.stringify(text.slice(Math.max(0, start - 40), start + 80));
}
