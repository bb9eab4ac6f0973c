import { describe, expect, it } from 'vitest';
import { chooseProviders } from './providers.ts';
import { readSessionOptions } from './session-options.ts';

const options = (given: unknown): unknown => {
  const {
    logSeverityLevel: _,
    extra,
    ...rest
  } = readSessionOptions({ onnx_session_options: given });
  const own: Record<string, string> = { ...extra };
  delete own['session.intra_op.allow_spinning'];
  delete own['session.inter_op.allow_spinning'];
  return { ...rest, extra: own };
};

describe('readSessionOptions', () => {
  it('keeps threads from spinning, unless the file lets them', () => {
    const key = 'session.intra_op.allow_spinning';
    expect(readSessionOptions({}).extra[key]).toBe('0');
    const given = { onnx_session_options: { extra_session_config: { [key]: '1' } } };
    expect(readSessionOptions(given).extra[key]).toBe('1');
  });

  it('takes what MLflow takes', () => {
    expect(
      options({
        intra_op_num_threads: 2,
        inter_op_num_threads: 3,
        execution_mode: 'PARALLEL',
        graph_optimization_level: 99,
        extra_session_config: { 'session.set_denormal_as_zero': '1' },
      }),
    ).toEqual({
      intraOpNumThreads: 2,
      interOpNumThreads: 3,
      executionMode: 'parallel',
      graphOptimizationLevel: 'all',
      extra: { 'session.set_denormal_as_zero': '1' },
    });
  });

  it.each([
    [null],
    [{}],
    [{ intra_op_num_threads: 0, graph_optimization_level: 0 }],
    [{ execution_mode: 'x' }],
  ])('ignores %o', (given) => {
    expect(options(given)).toEqual({ extra: {} });
  });

  it.each([
    [{ intra_op_num_threads: 'two' }, 'MODEL_FILE_INVALID'],
    [{ graph_optimization_level: 7 }, 'MODEL_FILE_INVALID'],
    [{ extra_session_config: { 'session.x': 1 } }, 'MODEL_FILE_INVALID'],
    [{ extra_session_config: { 'ep.context_file_path': '/tmp/x' } }, 'MODEL_NOT_NATIVE'],
  ])('refuses %o', (given, code) => {
    expect(() => options(given)).toThrow(expect.objectContaining({ code }));
  });
});

describe('chooseProviders', () => {
  const cpu = { declared: 'CPUExecutionProvider', option: 'cpu' };

  it('keeps the order and tells what is missing', () => {
    const build = new Set(['cpu', 'cuda']);
    const providers = [
      'OddProvider',
      ['CUDAExecutionProvider', { device_id: 1 }],
      'CPUExecutionProvider',
    ];
    expect(chooseProviders({ providers }, build)).toEqual({
      usable: [{ declared: 'CUDAExecutionProvider', option: { name: 'cuda', deviceId: 1 } }, cpu],
      missing: ['OddProvider'],
    });
  });

  it('falls back to MLflow’s default, and accepts a single name', () => {
    const build = new Set(['cpu']);
    expect(chooseProviders({}, build)).toEqual({
      usable: [cpu],
      missing: ['CUDAExecutionProvider'],
    });
    expect(chooseProviders({ providers: 'CPUExecutionProvider' }, build)).toEqual({
      usable: [cpu],
      missing: [],
    });
  });
});
