/** A Python that can load a model. */
import type { Environment, EnvManager } from '../contract/runtime.ts';

/** An environment in which workers are started. */
export interface PythonEnvironment extends Environment {
  readonly kind: 'python';
  readonly manager: EnvManager;
  /** Path of the interpreter. */
  readonly python: string;
  /** Folder of the environment; null for `local`. */
  readonly directory: string | null;
  /** Variables that workers get on top of this process's own. */
  readonly variables: Readonly<Record<string, string>>;
}
