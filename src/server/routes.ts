/** The paths of the scoring protocol and what they answer. Source: contract of MLflow 3.17.2's FastAPI application. */
import { type Answer, textContentType } from './error-answer.ts';
import { sentence } from '../repository/why-not-served.ts';
import { mlflowProtocolVersion } from './protocol-version.ts';

/** Path of the scoring route. */
export const invocationsPath = '/invocations';

/** The same for one of several models, and for one of its versions. */
export const namedInvocationsPaths: readonly string[] = [
  '/models/:model/invocations',
  '/models/:model/versions/:version/invocations',
];

/** A path answered with fixed content. */
export interface FixedRoute {
  readonly path: string;
  /** Value of the `allow` header where another method is used. */
  readonly allow: string;
  /** Some pages answer HEAD as well. */
  readonly head: boolean;
  /** Speaks for the model: 503 while that does not answer. */
  readonly ofModel: boolean;
  readonly answer: () => Answer | Promise<Answer>;
}

const alive: Answer = { status: 200, contentType: 'application/json', body: '\n' };

const version: Answer = {
  status: 200,
  contentType: 'application/json',
  body: mlflowProtocolVersion,
};

/** What `/ping` and `/health` answer while the model does not; `why` is its phase. */
export function notReadyAnswer(why: string): Answer {
  const body = `The model is not ready: ${sentence(why)}\n`;
  return { status: 503, contentType: textContentType, body, headers: { 'retry-after': '1' } };
}

/** Every path but `/invocations`. Pages are loaded when somebody asks for one. */
export const fixedRoutes: readonly FixedRoute[] = [
  { path: '/ping', allow: 'GET', head: false, ofModel: true, answer: () => alive },
  { path: '/health', allow: 'GET', head: false, ofModel: true, answer: () => alive },
  { path: '/version', allow: 'GET', head: false, ofModel: false, answer: () => version },
  page('/openapi.json', async () => (await import('./pages.ts')).openapiAnswer()),
  page('/docs', async () => (await import('./pages.ts')).docsAnswer('Scoring server')),
  page('/redoc', async () => (await import('./pages.ts')).docsAnswer('Scoring server reference')),
];

function page(path: string, answer: () => Promise<Answer>): FixedRoute {
  return { path, allow: 'GET, HEAD', head: true, ofModel: false, answer };
}

const namedInvocations = /^\/models\/[^/]+(?:\/versions\/[^/]+)?\/invocations$/;

/** Value of `allow` for a known path; undefined for any other. */
export function allowedMethods(path: string): string | undefined {
  if (path === invocationsPath || namedInvocations.test(path)) return 'POST';
  return fixedRoutes.find((route) => route.path === path)?.allow;
}
