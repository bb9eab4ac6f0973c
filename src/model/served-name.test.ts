import { describe, expect, it } from 'vitest';
import { servedName } from './served-name.ts';

const nothing = { registered: null, runId: null, modelUuid: null };

describe('servedName', () => {
  it.each([
    [nothing, {}, { name: 'mlflow-model', version: null }],
    [{ ...nothing, modelUuid: 'u' }, {}, { name: 'mlflow-model', version: 'u' }],
    [{ ...nothing, modelUuid: 'u', runId: 'r' }, {}, { name: 'mlflow-model', version: 'r' }],
    [
      { ...nothing, runId: 'r', registered: { name: 'wine', version: '4' } },
      {},
      { name: 'wine', version: '4' },
    ],
    [
      { ...nothing, runId: 'r', registered: { name: 'wine', version: null } },
      {},
      { name: 'wine', version: 'r' },
    ],
    [
      { ...nothing, registered: { name: 'wine', version: '4' } },
      { name: 'told', version: '9' },
      { name: 'told', version: '9' },
    ],
    [nothing, { name: '', version: '' }, { name: 'mlflow-model', version: null }],
  ])('of %j told %j is %j', (model, told, expected) => {
    expect(servedName(model, told)).toEqual(expected);
  });
});
