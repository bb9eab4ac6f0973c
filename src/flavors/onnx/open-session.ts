/** Opens a model in onnxruntime-node, in this thread: providers as declared, the CPU where they fail. */
import { invalidModelFile, notNative } from './invalid-model-file.ts';
import { loadRuntime, type NativeSession, type OnnxRuntime } from './load-runtime.ts';
import { type ChosenProviders, describeFallback } from './providers.ts';
import type { SessionOptions } from './session-options.ts';

/** What a session is made of. */
export interface SessionSource {
  /** A ModelProto that has been checked. */
  readonly file: Uint8Array;
  /** Options for the library, providers apart. */
  readonly options: SessionOptions;
  readonly providers: ChosenProviders;
}

/** An open session. */
export interface OpenedSession {
  readonly session: NativeSession;
  /** Options that worked. */
  readonly options: object;
}

/**
 * Opens a session. One line on stderr where a declared provider is not there or does not start.
 * @throws MODEL_FILE_INVALID where onnxruntime refuses the model, MODEL_NOT_NATIVE without the library or where it lacks
 *   an operation
 */
export function openSession(source: SessionSource): OpenedSession {
  const runtime = loadRuntime();
  const { usable, missing } = source.providers;
  if (missing.length > 0)
    process.stderr.write(describeFallback(missing, 'not in this build of onnxruntime-node'));
  const onCpu = { ...source.options, executionProviders: ['cpu'] };
  if (usable.every(({ option }) => option === 'cpu')) return load(runtime, source.file, onCpu);
  try {
    const executionProviders = usable.map(({ option }) => option);
    return load(runtime, source.file, { ...source.options, executionProviders });
  } catch {
    const opened = load(runtime, source.file, onCpu);
    const failed = usable.filter(({ option }) => option !== 'cpu');
    const names = failed.map(({ declared }) => declared);
    process.stderr.write(describeFallback(names, 'does not start here'));
    return opened;
  }
}

function load(runtime: OnnxRuntime, file: Uint8Array, options: object): OpenedSession {
  const session = new runtime.NativeSession();
  try {
    session.loadModel(file.buffer, file.byteOffset, file.byteLength, options);
  } catch (error) {
    const message = messageOf(error);
    // Another build may have a kernel for these types.
    if (message.includes('Could not find an implementation'))
      throw notNative(`onnxruntime-node lacks an operation (${message})`);
    throw invalidModelFile(`onnxruntime does not load it (${message})`);
  }
  return { session, options };
}

/** What the library says, without its own prefix. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
