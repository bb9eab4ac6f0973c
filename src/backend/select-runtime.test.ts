import { describe, expect, it } from 'vitest';
import type { Assessment } from '../contract/runtime.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { noRuntimeError, type RuntimeAssessment, selectRuntime } from './select-runtime.ts';

const can: Assessment = { canScore: true, flavor: 'xgboost', reason: 'All of it is exact.' };
const cannot: Assessment = { canScore: false, reason: 'Not that.', needs: ['Python 3.11'] };

function assessments(native: Assessment, python: Assessment, r = cannot): RuntimeAssessment[] {
  return [
    { runtime: 'native', assessment: native },
    { runtime: 'python', assessment: python },
    { runtime: 'r', assessment: r },
  ];
}

const modelWith = (...flavors: string[]): SavedModel => ({
  directory: '/models/m',
  uri: 'm',
  flavors: new Map(flavors.map((flavor) => [flavor, {}])),
  signature: null,
  mlflowVersion: null,
  runId: null,
  modelId: null,
  modelUuid: null,
  utcTimeCreated: null,
  modelSizeBytes: null,
  metadata: null,
  inputExample: null,
  registered: null,
});

describe('selectRuntime', () => {
  it('takes native first and says that python could too', () => {
    const selection = selectRuntime('auto', assessments(can, can));
    expect(selection).toEqual({
      choice: 'auto',
      runtime: 'native',
      flavor: 'xgboost',
      reasons: [
        { runtime: 'native', chosen: true, reason: 'All of it is exact.', needs: [] },
        {
          runtime: 'python',
          chosen: false,
          reason: 'It could score the model too, but native comes first.',
          needs: [],
        },
        { runtime: 'r', chosen: false, reason: 'Not that.', needs: ['Python 3.11'] },
      ],
    });
  });

  it('falls back to the next that can', () => {
    expect(selectRuntime('auto', assessments(cannot, can)).runtime).toBe('python');
    expect(selectRuntime('auto', assessments(cannot, cannot, can)).runtime).toBe('r');
  });

  it('keeps to the runtime asked for', () => {
    expect(selectRuntime('python', assessments(can, can)).runtime).toBe('python');
    expect(selectRuntime('python', assessments(can, cannot)).runtime).toBeNull();
    expect(selectRuntime('python', assessments(can, can)).reasons[0]?.reason).toBe(
      'It could score the model, but --runtime python was asked for.',
    );
  });
});

describe('noRuntimeError', () => {
  const none = selectRuntime('auto', assessments(cannot, cannot));

  it('is MLflow’s for a model without a flavor that scores', () => {
    const error = noRuntimeError(modelWith('spacy'), none);
    expect(error.code).toBe('NO_FLAVOR_BACKEND');
    expect(error.message).toContain('No suitable flavor backend was found for the model.');
  });

  it('says of each runtime why not', () => {
    const error = noRuntimeError(modelWith('python_function'), none);
    expect(error.code).toBe('RUNTIME_UNAVAILABLE');
    expect(error.message).toBe(
      'No runtime here can score this model. native: Not that. python: Not that. r: Not that.',
    );
  });

  it('names the native runtime alone when it was asked for', () => {
    const selection = selectRuntime('native', assessments(cannot, cannot));
    const error = noRuntimeError(modelWith('python_function'), selection);
    expect([error.code, error.message]).toEqual([
      'MODEL_NOT_NATIVE',
      'The native runtime cannot score this model. native: Not that.',
    ]);
  });
});
