/** Execution providers of an MLmodel file → those of this build of onnxruntime-node. Source: mlflow/onnx 3.17.2. */
import type { FlavorConfig } from '../../model/saved-model.ts';

/** A provider of onnxruntime-node. */
export type Provider = string | { readonly name: string; readonly deviceId?: number };

/** What a session is opened with. */
export interface ChosenProviders {
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

/** Chooses providers, in the file's order; the CPU where none of them is in this build. */
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
    else usable.push(withDevice(name, options));
  }
  return { usable: usable.length > 0 ? usable : ['cpu'], missing };
}

function declaredProviders(value: unknown): readonly unknown[] {
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) && value.length > 0 ? (value as unknown[]) : defaultProviders;
}

function withDevice(name: string, options: unknown): Provider {
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
