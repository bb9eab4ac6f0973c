/** The interpreter that an environment is made with: the exact version where it is there, else the same minor version. */
import type { PrepareOptions } from '../contract/runtime.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { findExecutable } from './find-executable.ts';
import { askInterpreter, type Interpreter } from './interpreter.ts';
import { type FoundPython, listPythons } from './list-pythons.ts';
import { minorOf, parsePythonVersion, startsWith } from './python-version.ts';
import { runProgram } from './run-program.ts';

/** What {@link findPython} looks for, and with which means. */
export interface PythonSearch {
  /** Version or path; null: the newest Python 3. */
  readonly wanted: string | null;
  /** Path of uv, which can fetch a Python; null without it. */
  readonly uv: string | null;
  readonly environment: NodeJS.ProcessEnv;
}

/** What {@link choosePython} found: `isExact` unless only the minor version agrees. */
export interface ChosenPython {
  readonly python: Interpreter;
  readonly isExact: boolean;
}

/** What {@link lookForPython} gives. */
export interface LookedPython {
  readonly chosen: ChosenPython | null;
  /** Newest first. */
  readonly found: readonly FoundPython[];
}

/**
 * Finds the interpreter, or has uv or pyenv fetch it; says so where it is not the exact version.
 *
 * @throws PYTHON_NOT_FOUND with the versions that are there and what helps
 */
export async function findPython(
  search: PythonSearch,
  options: Pick<PrepareOptions, 'offline' | 'onProgress' | 'signal'>,
): Promise<Interpreter> {
  const { wanted } = search;
  const { chosen: here, found } = await lookForPython(search);
  const chosen = here ?? (await fetchPython(search, options));
  if (chosen === null) throw pythonNotFound(search, found, options);
  if (!chosen.isExact) {
    const { file, version } = chosen.python;
    options.onProgress?.({
      step: `Python ${wanted} is not here; using Python ${version} (${file}), which has the same minor version`,
    });
  }
  return chosen.python;
}

/** What is there, and which of it would be used; nothing is fetched. @throws PYTHON_NOT_FOUND for a program that is none */
export async function lookForPython({ wanted, environment }: PythonSearch): Promise<LookedPython> {
  if (wanted !== null && parsePythonVersion(wanted) === null) {
    const python = await findNamed(wanted, environment);
    return { chosen: { python, isExact: true }, found: [{ ...python, source: 'PATH' }] };
  }
  const found = await listPythons(environment);
  return { chosen: choosePython(wanted, found), found };
}

/** The exact version, else the newest of the same minor version; null where there is neither. `found`: newest first. */
export function choosePython(
  wanted: string | null,
  found: readonly Interpreter[],
): ChosenPython | null {
  const version = parsePythonVersion(wanted ?? '3');
  if (version === null) return null;
  const exact = found.find((one) => startsWith(parsePythonVersion(one.version) ?? [], version));
  if (exact !== undefined) return { python: exact, isExact: true };
  const similar = found.find((one) =>
    startsWith(parsePythonVersion(one.version) ?? [], version.slice(0, 2)),
  );
  return similar === undefined ? null : { python: similar, isExact: false };
}

/** A path, or the name of a program on PATH. */
async function findNamed(name: string, environment: NodeJS.ProcessEnv): Promise<Interpreter> {
  const file = await findExecutable(name, environment);
  const asked = file === null ? null : await askInterpreter(file, { environment });
  if (asked !== null) return asked;
  const reason = file === null ? 'is not a program' : 'does not run as Python 3';
  throw slipwayError(
    'PYTHON_NOT_FOUND',
    `--python ${name} ${reason}. Give the path of an interpreter or a version such as 3.11.`,
    { details: { python: name } },
  );
}

/** Fetching may fail for want of a network; then the caller says what is there. */
async function fetchPython(
  { wanted, uv, environment }: PythonSearch,
  { offline, onProgress, signal }: Pick<PrepareOptions, 'offline' | 'onProgress' | 'signal'>,
): Promise<ChosenPython | null> {
  if (offline === true || wanted === null) return null;
  const run = { environment, ...(signal === undefined ? {} : { signal }) };
  if (uv !== null) {
    onProgress?.({ step: `installing Python ${wanted} with uv` });
    await runProgram(uv, ['python', 'install', wanted], {
      ...run,
      environment: { ...environment, UV_PYTHON_INSTALL_BIN: '0' },
    });
    const chosen = choosePython(wanted, await listPythons(environment));
    if (chosen !== null) return chosen;
  }
  const pyenv = await findExecutable('pyenv', environment);
  if (pyenv === null) return null;
  onProgress?.({ step: `installing Python ${wanted} with pyenv, which compiles it` });
  await runProgram(pyenv, ['install', '--skip-existing', wanted], run);
  return choosePython(wanted, await listPythons(environment));
}

/** The error where no Python fits: which are there, and what helps. */
export function pythonNotFound(
  { wanted, uv }: PythonSearch,
  found: readonly FoundPython[],
  { offline = false }: Pick<PrepareOptions, 'offline'>,
): SlipwayError {
  const versions = describePythons(found);
  const minor = minorOf(parsePythonVersion(wanted ?? '3') ?? []);
  const get =
    uv === null
      ? `Install it (pyenv install ${wanted ?? '3'}, your system's packages, or uv, which fetches any version)`
      : `Install it (uv python install ${minor}${offline ? ', with a network' : ''})`;
  return slipwayError(
    'PYTHON_NOT_FOUND',
    `Python ${wanted ?? '3'} is wanted, and no Python ${minor} can be found. There are: ${versions}. ${get}, or allow another one with --python, for example --python ${nearest(wanted, found)}.`,
    { details: { wanted, found: found.map(({ file, version }) => ({ file, version })) } },
  );
}

/** Of the versions that are there, the one whose minor number is closest. */
function nearest(wanted: string | null, found: readonly FoundPython[]): string {
  const minor = parsePythonVersion(wanted ?? '3')?.[1] ?? Number.POSITIVE_INFINITY;
  const distance = ({ version }: FoundPython): number =>
    Math.abs((parsePythonVersion(version)?.[1] ?? 0) - minor);
  const [closest] = found.toSorted((a, b) => distance(a) - distance(b));
  return closest?.version ?? 'PATH';
}

/** `3.12.1 (pyenv), 3.11.2 (PATH)`. */
export function describePythons(found: readonly FoundPython[]): string {
  if (found.length === 0) return 'none';
  return [...new Set(found.map(({ version, source }) => `${version} (${source})`))].join(', ');
}
