/** The pages of the server: an OpenAPI document and a plain description; no script, nothing fetched from elsewhere. */
import type { Answer } from './error-answer.ts';
import { mlflowProtocolVersion } from './protocol-version.ts';

/** `/openapi.json`. */
export function openapiAnswer(): Answer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(openapiDocument) };
}

/** `/docs` and `/redoc`. */
export function docsAnswer(title: string): Answer {
  const rows = Object.entries(openapiDocument.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary }]) =>
        `<tr><td><code>${method.toUpperCase()} ${path}</code></td><td>${summary}</td></tr>`,
    ),
  );
  const body = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<p>Speaks the scoring protocol of MLflow ${mlflowProtocolVersion}. Machine-readable: <a href="openapi.json">openapi.json</a>.</p>
<table>
${rows.join('\n')}
</table>
</body>
</html>
`;
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}

const plain = { '200': { description: 'Successful Response' } };

const scored = {
  '200': {
    description: 'Predictions',
    content: {
      'application/json': { schema: { type: 'object', properties: { predictions: {} } } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  },
  '400': { description: 'The input was refused; error_code and message say why' },
  '415': { description: 'Unsupported content type' },
  '503': { description: 'Too many requests wait; Retry-After says when to try again' },
  '504': { description: 'The time limit was exceeded' },
};

const openapiDocument = {
  openapi: '3.1.0',
  info: { title: 'Slipway scoring server', version: mlflowProtocolVersion },
  paths: {
    '/ping': { get: { summary: 'Answers when the model is ready', responses: plain } },
    '/health': { get: { summary: 'The same as /ping', responses: plain } },
    '/version': {
      get: { summary: 'Version of MLflow whose protocol is spoken', responses: plain },
    },
    '/invocations': {
      post: {
        summary:
          'Scores JSON (dataframe_split, dataframe_records, inputs, instances), CSV or Parquet',
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { type: 'object' } },
            'text/csv': { schema: { type: 'string' } },
            'application/vnd.apache.parquet': { schema: { type: 'string', format: 'binary' } },
          },
        },
        responses: scored,
      },
    },
  },
};
