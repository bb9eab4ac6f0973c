/** The runtimes, in the order in which `auto` tries them. */
import type { RuntimeId } from '../contract/capability.ts';
import type { Runtime } from '../contract/runtime.ts';
import { createNativeRuntime } from './native.ts';
import { createPythonRuntime } from './python/index.ts';
import { createRRuntime } from './r.ts';

/** Every runtime there is, most wanted first. */
export function createRuntimes(): readonly Runtime[] {
  return [createNativeRuntime(), createPythonRuntime(), createRRuntime()];
}

/** The runtime of that name. */
export function runtimeOf(runtimes: readonly Runtime[], id: RuntimeId): Runtime {
  const found = runtimes.find((runtime) => runtime.id === id);
  if (found === undefined) throw new Error(`no runtime ${id} in the list`);
  return found;
}
