/** What the Python environment of a model would be made of, and what is missing: only looked at, nothing is changed. */
import type { EnvManager, PrepareOptions } from '../contract/runtime.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { checkEnvironment } from './check-environment.ts';
import { chooseInstaller, findUv } from './choose-installer.ts';
import { findCondaEnvironment, planConda } from './conda-environment.ts';
import { planEnvironment } from './environment-plan.ts';
import { findLocalPython } from './find-local-python.ts';
import { describePythons, lookForPython, pythonNotFound } from './find-python.ts';
import type { Interpreter } from './interpreter.ts';

/** The report; null where a fact has no place with that manager. */
export interface EnvironmentDiagnosis {
  readonly manager: EnvManager;
  /** Version or path of the Python that is wanted. */
  readonly wantedPython: string | null;
  /** The interpreter that would be used. */
  readonly interpreter: Interpreter | null;
  /** Every Python that is there, in words. */
  readonly pythons: string | null;
  /** Who would install: `uv`, `pip` or the path of conda. */
  readonly installer: string | null;
  /** Folder, or name with conda. */
  readonly environment: string | null;
  readonly state: 'ready' | 'absent' | 'unfit' | 'unknown';
  /** Why an environment that is there does not fit. */
  readonly misfit: string | null;
  /** Lines that would be installed, files expanded. */
  readonly requirements: number | null;
  /** What is missing and what helps. Empty: it is there, or can be made. */
  readonly problems: readonly string[];
  /** What a user should know beside. */
  readonly notes: readonly string[];
}

const unknown: Omit<EnvironmentDiagnosis, 'manager'> = {
  wantedPython: null,
  interpreter: null,
  pythons: null,
  installer: null,
  environment: null,
  state: 'unknown',
  misfit: null,
  requirements: null,
  problems: [],
  notes: [],
};

/** Looks at everything that {@link prepareEnvironment} would. Never throws for what a user can mend: that is the report. */
export async function diagnoseEnvironment(
  model: SavedModel,
  options: PrepareOptions = {},
): Promise<EnvironmentDiagnosis> {
  const manager = options.envManager ?? 'virtualenv';
  const found = await tellProblem(async () => {
    if (manager === 'local') return diagnoseLocal(options);
    return manager === 'conda' ? diagnoseConda(model, options) : diagnoseVirtual(model, options);
  });
  return { manager, ...unknown, ...found };
}

type Facts = Partial<EnvironmentDiagnosis>;

async function tellProblem(look: () => Promise<Facts>): Promise<Facts> {
  try {
    return await look();
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return { problems: [error.message] };
  }
}

async function diagnoseLocal(options: PrepareOptions): Promise<Facts> {
  const interpreter = await findLocalPython(options);
  return { wantedPython: options.python ?? null, interpreter, state: 'ready' };
}

async function diagnoseConda(model: SavedModel, options: PrepareOptions): Promise<Facts> {
  const plan = await planConda(model, options);
  const found = await findCondaEnvironment(plan);
  return {
    wantedPython: plan.demands.python,
    installer: plan.programs.conda,
    environment: found?.prefix ?? plan.name,
    requirements: plan.demands.spec.requirements.length,
    ...stateOf(found === null ? 'absent' : found.misfit),
  };
}

async function diagnoseVirtual(model: SavedModel, options: PrepareOptions): Promise<Facts> {
  const hasUv = await findUv(options).then(
    (uv) => uv !== null,
    () => false,
  );
  const plan = await planEnvironment(model, options, hasUv);
  const directories = [plan.directory, ...plan.alternatives];
  const states = await Promise.all(directories.map((one) => checkEnvironment(one, plan)));
  const fitting = directories.find((_, index) => states[index] === null);
  const facts: Facts = {
    wantedPython: plan.python,
    environment: fitting ?? plan.directory,
    requirements: plan.spec.requirements.length,
    notes: plan.spec.notes,
    ...stateOf(fitting === undefined ? (states[0] ?? null) : null),
  };
  if (fitting !== undefined) return { ...facts, installer: hasUv ? 'uv' : 'pip' };
  return { ...facts, ...(await tellProblem(() => diagnoseMakers(plan.python, options))) };
}

/** Who would install, and with which Python. */
async function diagnoseMakers(wanted: string | null, options: PrepareOptions): Promise<Facts> {
  const { installer, uv, environment } = await chooseInstaller(options);
  const search = { wanted, uv, environment };
  const { chosen, found } = await lookForPython(search);
  const facts = { installer: installer.name, pythons: describePythons(found) };
  if (chosen !== null) return { ...facts, interpreter: chosen.python };
  const { message } = pythonNotFound(search, found, options);
  return uv !== null && options.offline !== true && wanted !== null
    ? { ...facts, notes: [`No Python ${wanted} is here; uv would fetch one.`] }
    : { ...facts, problems: [message] };
}

function stateOf(misfit: string | null): Pick<EnvironmentDiagnosis, 'state' | 'misfit'> {
  if (misfit === null) return { state: 'ready', misfit: null };
  return misfit === 'absent' ? { state: 'absent', misfit: null } : { state: 'unfit', misfit };
}
