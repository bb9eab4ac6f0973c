import { describe, expect, it } from 'vitest';
import { WorkerRequestError } from '../../workers/worker-pool-types.ts';
import { translateError } from './translate-error.ts';

const three = { sqlstate: 'KAM00', class: 'INVALID_PARAMETER_VALUE' };

function translate(fields: object): unknown {
  const header = { type: 'error', id: 1, error: 'MlflowException', traceback: '', ...fields };
  return translateError(new WorkerRequestError({ header, buffers: [] }));
}

describe('translateError', () => {
  it.each([
    ['parse', { code: 'BAD_REQUEST', status: 400, ...three }, 'Invalid input.', 'INVALID_INPUT'],
    ['parse', { code: 'INVALID_PARAMETER_VALUE', status: 400, ...three }, 'm', 'INVALID_PARAMETER'],
    ['parse', { code: 'INTERNAL_ERROR', status: 500, ...three }, 'm', 'MODEL_RAISED'],
    ['parse', { code: 'INTERNAL_ERROR', status: 500 }, 'Failed to parse', 'INVALID_INPUT'],
    [
      'predict',
      {
        code: 'INVALID_PARAMETER_VALUE',
        status: 400,
        sqlstate: 'KAM01',
        class: 'SCHEMA_ENFORCEMENT_FAILED',
      },
      'Failed to enforce schema',
      'SCHEMA_ENFORCEMENT_FAILED',
    ],
    [
      'predict',
      { code: 'INTERNAL_ERROR', status: 500 },
      "Model is missing inputs ['a'].",
      'SCHEMA_ENFORCEMENT_FAILED',
    ],
    [
      'predict',
      { code: 'INTERNAL_ERROR', status: 500, ...three },
      'Model is missing inputs',
      'MODEL_RAISED',
    ],
    [
      'predict',
      { code: 'INVALID_PARAMETER_VALUE', status: 400, ...three },
      'Invalid parameters found: {…}',
      'INVALID_PARAMS',
    ],
    [
      'predict',
      { code: 'INVALID_PARAMETER_VALUE', status: 400, ...three },
      'my own',
      'MODEL_RAISED',
    ],
    ['predict', { code: 'NOT_FOUND', status: 404, ...three }, 'gone', 'MODEL_RAISED'],
    ['result', { code: 'INTERNAL_ERROR', status: 500, ...three }, 'm', 'MODEL_RAISED'],
    ['predict', undefined, 'm', 'PREDICT_FAILED'],
    ['parse', undefined, 'm', 'INVALID_INPUT'],
    ['result', undefined, 'm', 'UNENCODABLE_RESULT'],
  ] as const)('at %s, %j, “%s”: %s', (stage, mlflow, message, code) => {
    expect(translate({ stage, message, mlflow })).toMatchObject({ code });
  });

  it('keeps what MLflow says of its exception', () => {
    const mlflow = { code: 'NOT_FOUND', status: 404, sqlstate: 'KAM00', class: 'NOT_FOUND' };
    expect(translate({ stage: 'predict', message: 'gone', mlflow })).toMatchObject({
      message: 'gone',
      details: {
        mlflowCode: 'NOT_FOUND',
        httpStatus: 404,
        sqlstate: 'KAM00',
        errorClass: 'NOT_FOUND',
      },
    });
  });

  it('leaves any other error as it is', () => {
    const error = new Error('lost');
    expect(translateError(error)).toBe(error);
  });
});
