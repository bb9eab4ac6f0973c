/** `onnx_session_options` of an MLmodel file → options of onnxruntime-node. Source: mlflow/onnx 3.17.2 `_OnnxModelWrapper`. */
import type { FlavorConfig } from '../../model/saved-model.ts';
import { invalidModelFile, notNative } from './invalid-model-file.ts';

/** Options of a session, as onnxruntime-node takes them. */
export interface SessionOptions {
  readonly logSeverityLevel: number;
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly executionMode?: 'sequential' | 'parallel';
  readonly graphOptimizationLevel?: string;
  /** Entries of the session's configuration. */
  readonly extra: Readonly<Record<string, string>>;
}

/** `GraphOptimizationLevel` of Python → names of onnxruntime-node. 0, which would be `disabled`, counts as absent in MLflow. */
const optimizationLevels: Readonly<Record<number, string>> = {
  1: 'basic',
  2: 'extended',
  3: 'layout',
  99: 'all',
};

/** Only errors that nothing else reports. */
const fatalOnly = 4;

/**
 * Reads the options; what MLflow ignores (empty, zero, an unknown mode) is ignored.
 * @throws MODEL_FILE_INVALID where Python refuses a value, MODEL_NOT_NATIVE for entries that name files
 */
export function readSessionOptions(config: FlavorConfig): SessionOptions {
  const given = config['onnx_session_options'];
  const options = isRecord(given) ? given : {};
  const intraOpNumThreads = threadsOf(options, 'intra_op_num_threads');
  const interOpNumThreads = threadsOf(options, 'inter_op_num_threads');
  const executionMode = modeOf(options['execution_mode']);
  const graphOptimizationLevel = levelOf(options['graph_optimization_level']);
  return {
    logSeverityLevel: fatalOnly,
    ...(intraOpNumThreads !== undefined && { intraOpNumThreads }),
    ...(interOpNumThreads !== undefined && { interOpNumThreads }),
    ...(executionMode !== undefined && { executionMode }),
    ...(graphOptimizationLevel !== undefined && { graphOptimizationLevel }),
    extra: { ...withoutSpinning, ...extraOf(options['extra_session_config']) },
  };
}

/**
 * The library's threads wait for work by spinning, which takes the cores from a server that shares them: a forest was
 * answered five times as often without. Results don't depend on it.
 */
const withoutSpinning = {
  'session.intra_op.allow_spinning': '0',
  'session.inter_op.allow_spinning': '0',
} as const;

function threadsOf(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = options[name];
  if (isEmpty(value)) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31)
    return value;
  throw invalidOption(name, value);
}

function modeOf(value: unknown): 'sequential' | 'parallel' | undefined {
  if (isEmpty(value)) return undefined;
  if (typeof value !== 'string') throw invalidOption('execution_mode', value);
  const mode = value.toLowerCase();
  return mode === 'sequential' || mode === 'parallel' ? mode : undefined;
}

function levelOf(value: unknown): string | undefined {
  if (isEmpty(value)) return undefined;
  const level = typeof value === 'number' ? optimizationLevels[value] : undefined;
  if (level !== undefined) return level;
  throw invalidOption('graph_optimization_level', value);
}

function extraOf(value: unknown): Readonly<Record<string, string>> {
  if (isEmpty(value)) return {};
  if (!isRecord(value)) throw invalidOption('extra_session_config', value);
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') throw invalidOption(`extra_session_config ${key}`, entry);
    if (/file|path|folder|directory|librar/i.test(key))
      throw notNative(`its session option ${key} names a file`);
  }
  return value as Readonly<Record<string, string>>;
}

/** What Python takes for false. */
function isEmpty(value: unknown): boolean {
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === 0 || value === '' || value === false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalidOption(name: string, value: unknown): Error {
  return invalidModelFile(
    `the session option ${name} of the MLmodel file is ${JSON.stringify(value)}`,
  );
}
