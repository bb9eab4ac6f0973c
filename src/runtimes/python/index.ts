/** The python runtime: worker processes in the model's own environment. */
import type { Capability } from '../../contract/capability.ts';
import type { Environment, Runtime } from '../../contract/runtime.ts';
import { prepareEnvironment } from '../../env/prepare-environment.ts';
import type { PythonEnvironment } from '../../env/python-environment.ts';
import { assess } from './assess.ts';
import { open } from './open.ts';

/** What the python runtime can do. */
export const pythonCapability: Capability = {
  methods: {
    predict: true,
    serve: true,
    prepareEnv: true,
    buildImage: false,
    generateDockerfile: false,
  },
  streaming: true,
};

/** Makes the python runtime. */
export function createPythonRuntime(): Runtime {
  return {
    id: 'python',
    capability: pythonCapability,
    assess,
    prepare: prepareEnvironment,
    open: (model, environment, options = {}) => open(model, pythonOf(environment), options),
  };
}

function pythonOf(environment: Environment): PythonEnvironment {
  if (environment.kind === 'python') return environment as PythonEnvironment;
  throw new TypeError(`the python runtime got an environment of the ${environment.kind} runtime`);
}
