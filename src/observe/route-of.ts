/** The pattern of a path: few enough for a label of a metric, whatever clients ask for. */

const fixed: ReadonlySet<string> = new Set([
  '/ping',
  '/health',
  '/version',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/redoc',
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/repository/index',
]);

const modelPath =
  /^\/v2\/(repository\/models\/|models\/)[^/]+(\/versions\/[^/]+)?(\/(?:infer|ready|load|unload|generate|generate_stream|infer_stream))?$/;

const namedInvocations = /^\/models\/[^/]+\/invocations$/;

/** `other` for whatever no route takes. */
export function routeOf(url: string): string {
  if (url === '/invocations') return url;
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (path === '/invocations' || fixed.has(path)) return path;
  if (namedInvocations.test(path)) return '/models/{model}/invocations';
  const [, kind, version, verb = ''] = modelPath.exec(path) ?? [];
  if (kind === undefined) return 'other';
  return `/v2/${kind}{model}${version === undefined ? '' : '/versions/{version}'}${verb}`;
}
