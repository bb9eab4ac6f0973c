/** Does an environment that is there fit: does its Python run, and are the packages installed that are asked for? */
import {
  formatRequirement,
  parseRequirement,
  type Requirement,
} from '../model/parse-requirement.ts';
import { canonicalName } from '../model/parse-requirement.ts';
import type { EnvironmentPlan } from './environment-plan.ts';
import { interpreterIn } from './interpreter.ts';
import { isExecutable } from './find-executable.ts';
import { parsePythonVersion, startsWith } from './python-version.ts';
import { runProgram } from './run-program.ts';

/** What {@link checkEnvironment} compares. */
export type EnvironmentDemands = Pick<EnvironmentPlan, 'python' | 'overrides' | 'mlflow'> & {
  readonly spec: Pick<EnvironmentPlan['spec'], 'requirements'>;
};

/** `-I` keeps this process's own Python settings out. Names and versions of everything that is installed. */
const question = `
import sys, json, importlib.metadata as m
found = [[d.metadata["Name"], d.version] for d in m.distributions()]
print(json.dumps([".".join(map(str, sys.version_info[:3])), found]))
`;

/**
 * Why the environment in `directory` does not fit; null where it fits. An absent one is `absent`.
 * Only what is pinned with `==` is compared; other requirements must be there in any version.
 */
export async function checkEnvironment(
  directory: string,
  demands: EnvironmentDemands,
  python: string = interpreterIn(directory),
): Promise<string | null> {
  if (!(await isExecutable(python))) return 'absent';
  const installed = await listInstalled(python);
  if (installed === null) return 'its Python does not run';
  const version = parsePythonVersion(demands.python ?? '3')?.slice(0, 2);
  if (version !== undefined && !startsWith(installed.version, version)) {
    return `it has Python ${installed.version.join('.')}, not ${version.join('.')}`;
  }
  for (const requirement of demandedPackages(demands)) {
    const misfit = checkRequirement(requirement, installed.packages);
    if (misfit !== null) return misfit;
  }
  return null;
}

/** The requirements that can be checked; of several for a package, the last installed is what counts. */
export function demandedPackages(demands: EnvironmentDemands): readonly Requirement[] {
  const lines = demands.spec.requirements.filter((line) => !line.isConstraint);
  const texts = [...lines.map(({ text }) => text), ...demands.overrides, ...(demands.mlflow ?? [])];
  const byName = new Map<string, Requirement>();
  for (const text of texts) {
    const requirement = tryParse(text);
    if (requirement !== null) byName.set(canonicalName(requirement.name), requirement);
  }
  return [...byName.values()].filter(({ marker }) => marker === null);
}

/** Options of pip, paths and URLs are not requirements of this form; hashes stand behind one. */
function tryParse(text: string): Requirement | null {
  try {
    return parseRequirement(text.replace(/\s+--\w.*$/, ''));
  } catch {
    return null;
  }
}

function checkRequirement(
  requirement: Requirement,
  packages: ReadonlyMap<string, string>,
): string | null {
  const version = packages.get(canonicalName(requirement.name));
  if (version === undefined) return `${requirement.name} is not installed`;
  const pin = requirement.specifiers.find((one) => /^==[^=]/.test(one))?.slice(2);
  if (pin === undefined || fitsPin(version, pin)) return null;
  return `${requirement.name} ${version} is installed, not ${formatRequirement(requirement)}`;
}

/** PEP 440: `1.2` equals `1.2.0`; a pin without local label takes any; `1.2.*` is a beginning. */
export function fitsPin(version: string, pin: string): boolean {
  if (pin.endsWith('.*')) {
    const begin = normalVersion(pin.slice(0, -2), false);
    const own = normalVersion(version, false);
    return own === begin || own.startsWith(`${begin}.`);
  }
  const hasLabel = pin.includes('+');
  const own = hasLabel ? version : version.replace(/\+.*$/, '');
  return normalVersion(own, true) === normalVersion(pin, true);
}

const spellings: readonly (readonly [RegExp, string])[] = [
  [/^v/, ''],
  [/^0+!/, ''],
  [/[-_.]?(?:alpha|a)[-_.]?(\d*)/, 'a$1'],
  [/[-_.]?(?:beta|b)[-_.]?(\d*)/, 'b$1'],
  [/[-_.]?(?:preview|pre|rc|c)[-_.]?(\d*)/, 'rc$1'],
  [/(?:-(\d+)|[-_.]?(?:post|rev|r(?!c))[-_.]?(\d*))/, '.post$1$2'],
  [/[-_.]?dev[-_.]?(\d*)/, '.dev$1'],
  [/(a|b|rc|\.post|\.dev)(?!\d)/g, '$10'],
];

function normalVersion(text: string, isWhole: boolean): string {
  const [head = '', label] = text.trim().toLowerCase().split('+');
  let version = head;
  for (const [pattern, by] of spellings) version = version.replace(pattern, by);
  version = version.replace(/\d+/g, (digits) => String(BigInt(digits)));
  if (isWhole) version = version.replace(/(?<!\d)(\d+(?:\.\d+)*?)(?:\.0)+(?!\d|\.\d)/, '$1');
  return label === undefined ? version : `${version}+${label.replace(/[-_]/g, '.')}`;
}

interface Installed {
  readonly version: readonly number[];
  /** Canonical name → version. */
  readonly packages: ReadonlyMap<string, string>;
}

async function listInstalled(python: string): Promise<Installed | null> {
  const { code, stdout } = await runProgram(python, ['-I', '-c', question]);
  if (code !== 0) return null;
  try {
    const [version, found] = JSON.parse(stdout) as [string, [string | null, string | null][]];
    const packages = found.flatMap(([name, of]) =>
      name === null || of === null ? [] : [[canonicalName(name), of] as const],
    );
    return { version: parsePythonVersion(version) ?? [], packages: new Map(packages) };
  } catch {
    return null;
  }
}
