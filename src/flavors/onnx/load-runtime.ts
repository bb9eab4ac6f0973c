/** onnxruntime-node, an optional dependency: found when a model is assessed, loaded when one is opened. */
import { createRequire } from 'node:module';
import { installAdvice } from '../../errors/install-advice.ts';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { RuntimeType } from './element-types.ts';

/** Elements of a tensor as onnxruntime-node exchanges them; float16 as its bits. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** A tensor of onnxruntime-node. */
export interface Tensor {
  readonly type: RuntimeType;
  readonly data: TensorValues;
  readonly dims: readonly number[];
}

/** Name → tensor; null asks for an output. */
export type Tensors<Value = Tensor> = Readonly<Record<string, Value>>;

/** Session of the library's native part: it runs at once, in the calling thread. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: Tensors, fetches: Tensors<null>): Tensors;
  dispose(): void;
}

/** The parts of onnxruntime-node that are used. */
export interface OnnxRuntime {
  readonly Tensor: new (type: RuntimeType, data: TensorValues, dims: readonly number[]) => Tensor;
  readonly NativeSession: new () => NativeSession;
  /** Providers of this build: `cpu`, `cuda`, … */
  readonly backends: ReadonlySet<string>;
}

/** How to get the library, in one line. */
export const installCommand = 'npm install --ignore-scripts onnxruntime-node';

const packageName = 'onnxruntime-node';
/**
 * The library's own `InferenceSession.run` waits for a turn of the event loop and then calls this module, which
 * is synchronous: 2 µs of 6. A test holds that it is there.
 */
const bindingName = `${packageName}/dist/binding.js`;
const require = createRequire(import.meta.url);

/** True where the package can be found. Loads nothing. */
export function hasRuntime(): boolean {
  return bindingPath() !== null;
}

/** File of the library's native binding; null where the package is not installed. */
export function bindingPath(): string | null {
  try {
    return require.resolve(bindingName);
  } catch {
    return null;
  }
}

/** An image for one model of another flavor has no libraries but its own. */
const advice = installAdvice(
  ['--ignore-scripts onnxruntime-node'],
  'build the image with this model, or without one',
);

/** Says how to get the library; where it is there, why it cannot be loaded. */
export function missingRuntime(cause?: unknown): SlipwayError {
  const isThere = cause instanceof Error && 'code' in cause && cause.code === 'ERR_DLOPEN_FAILED';
  const remedy = isThere ? ` (${cause.message})` : `; ${advice}`;
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `ONNX models are scored natively by onnxruntime-node, which can't be loaded here${remedy}`,
    { cause },
  );
}

interface Binding {
  readonly binding: {
    readonly InferenceSession: new () => NativeSession;
    listSupportedBackends(): readonly { readonly name: string }[];
  };
  initOrt(this: void): void;
}

let loaded: OnnxRuntime | null = null;

/** Loads the library, once. @throws MODEL_NOT_NATIVE where it is not installed or not made for this machine */
export function loadRuntime(): OnnxRuntime {
  loaded ??= loadLibrary();
  return loaded;
}

function loadLibrary(): OnnxRuntime {
  try {
    const common = require(packageName) as {
      Tensor: OnnxRuntime['Tensor'];
      env: { logLevel: string };
    };
    // Whatever it has to say comes as an exception too.
    common.env.logLevel = 'fatal';
    const { binding, initOrt } = require(bindingName) as Binding;
    initOrt();
    return {
      Tensor: common.Tensor,
      NativeSession: binding.InferenceSession,
      backends: new Set(binding.listSupportedBackends().map(({ name }) => name)),
    };
  } catch (cause) {
    throw missingRuntime(cause);
  }
}
