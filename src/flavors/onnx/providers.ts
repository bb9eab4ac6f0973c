/** Execution providers of an MLmodel file → those of this build of onnxruntime-node. Source: mlflow/onnx 3.17.2. */
import type { FlavorConfig } from '../../model/saved-model.ts';

/** A provider of onnxruntime-node. */
export interface Provider {
  /** As in the MLmodel file. */
  readonly declared: string;
  /** What onnxruntime-node calls it, with its device where the file names one. */
  readonly option: string | { readonly name: string; readonly deviceId: number };
}

/** What a session is opened with. */
export interface ChosenProviders {
  /** Empty: the CPU. */
  readonly usable: readonly Provider[];
  /** Declared, and not in this build. */
  readonly missing: readonly string[];
}

/** MLflow's default. */
const defaultProviders: readonly unknown[] = ['CUDAExecutionProvider', 'CPUExecutionProvider'];

const names: Readonly<Record<string, string>> = {
  CPUExecutionProvider: 'cpu',
  CUDAExecutionProvider: 'cuda',
  TensorrtExecutionProvider: 'tensorrt',
  DmlExecutionProvider: 'dml',
  CoreMLExecutionProvider: 'coreml',
  WebGpuExecutionProvider: 'webgpu',
};

/** Chooses providers, in the file's order. */
export function chooseProviders(
  config: FlavorConfig,
  backends: ReadonlySet<string>,
): ChosenProviders {
  const usable: Provider[] = [];
  const missing: string[] = [];
  for (const entry of declaredProviders(config['providers'])) {
    const [declared, options] = Array.isArray(entry) ? (entry as unknown[]) : [entry, undefined];
    const name = names[String(declared)];
    if (name === undefined || !backends.has(name)) missing.push(String(declared));
    else usable.push({ declared: String(declared), option: withDevice(name, options) });
  }
  return { usable, missing };
}

function declaredProviders(value: unknown): readonly unknown[] {
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) && value.length > 0 ? (value as unknown[]) : defaultProviders;
}

function withDevice(name: string, options: unknown): Provider['option'] {
  const device =
    typeof options === 'object' && options !== null && 'device_id' in options
      ? Number(options.device_id)
      : Number.NaN;
  return Number.isInteger(device) ? { name, deviceId: device } : name;
}

/** One line for people. */
export function describeFallback(missing: readonly string[], reason: string): string {
  return `slipway: warning: ${missing.join(', ')}: ${reason}; the ONNX model runs on the CPU\n`;
}
