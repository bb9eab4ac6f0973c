/** Forms of `models:/` and `runs:/`, held against MLflow 3.17.2 `_parse_model_uri`, `split_models_uri`, `parse_runs_uri`. */
import { expect, it } from 'vitest';
import { parseModelsUri, parseRunsUri } from './parse-models-uri.ts';

it.each([
  ['models:/a/7', { kind: 'version', name: 'a', version: '7', path: '' }],
  ['models:/a/7/', { kind: 'version', name: 'a', version: '7', path: '' }],
  ['models:/a b.c/7/sub/dir', { kind: 'version', name: 'a b.c', version: '7', path: 'sub/dir' }],
  ['models:/a@prod', { kind: 'alias', name: 'a', alias: 'prod', path: '' }],
  ['models:/a@b@prod', { kind: 'alias', name: 'a@b', alias: 'prod', path: '' }],
  ['models:/a@prod/sub/dir', { kind: 'alias', name: 'a', alias: 'prod', path: 'sub/dir' }],
  ['models:/a/latest', { kind: 'latest', name: 'a', stage: null, path: '' }],
  ['models:/a/LATEST', { kind: 'latest', name: 'a', stage: null, path: '' }],
  ['models:/a/Production', { kind: 'latest', name: 'a', stage: 'Production', path: '' }],
  ['models:/m-0123abcd', { kind: 'logged', modelId: 'm-0123abcd', path: '' }],
])('%s', (uri, parsed) => {
  expect(parseModelsUri(uri)).toEqual(parsed);
});

it.each([
  'models:',
  'models:/',
  'models:a/1',
  'models:/a//1',
  'models:/ /1',
  'models:/a/ ',
  'models:/a@',
  'models:/@b',
  'models:/a/1/../x',
  'models:/a/1/x//y',
])('%s is refused', (uri) => {
  expect(() => parseModelsUri(uri)).toThrow(expect.objectContaining({ code: 'MODEL_URI_INVALID' }));
});

it('profiles of Databricks are not there yet', () => {
  expect(() => parseModelsUri('models://scope:key@databricks/a/1')).toThrow(/Databricks/);
});

it.each([
  ['runs:/r1/model', { runId: 'r1', path: 'model' }],
  ['runs:/r1/a/b c', { runId: 'r1', path: 'a/b c' }],
  ['runs:/r1', { runId: 'r1', path: '' }],
  ['runs:/r1/', { runId: 'r1', path: '' }],
])('%s', (uri, parsed) => {
  expect(parseRunsUri(uri)).toEqual(parsed);
});

it.each(['runs:', 'runs:/', 'runs:r1/model', 'runs:/r1//model', 'runs:/r1/../x', 'runs:/r1/a\\b'])(
  '%s is refused',
  (uri) => {
    expect(() => parseRunsUri(uri)).toThrow(expect.objectContaining({ code: 'MODEL_URI_INVALID' }));
  },
);
