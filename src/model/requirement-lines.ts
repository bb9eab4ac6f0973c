/** Requirement files, expanded as MLflow expands them. Source: mlflow/utils/requirements_utils.py `_parse_requirements` 3.17.2. */
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { readInside } from './environment-files.ts';

/** One line that is neither empty, nor a comment, nor a reference to another file. */
export interface RequirementLine {
  /** As written: a specifier, a URL, a path, or an option of pip. */
  readonly text: string;
  /** True where it only constrains (`-c`). */
  readonly isConstraint: boolean;
}

const depthLimit = 10;
const lineLimit = 10_000;

/**
 * Expands `lines` and the files of the model that they name with `-r` and `-c`. `base` is the folder, relative
 * to the model, from which they are named. Default: the model folder.
 *
 * @throws ENVIRONMENT_FILE_INVALID for a file that is not there, leads out of the model, or names itself
 */
export async function expandRequirements(
  directory: string,
  lines: readonly string[],
  base: string = '.',
): Promise<readonly RequirementLine[]> {
  const found: RequirementLine[] = [];
  await expandInto(found, { directory, base, isConstraint: false, depth: 0 }, lines);
  return found;
}

interface Place {
  readonly directory: string;
  readonly base: string;
  readonly isConstraint: boolean;
  readonly depth: number;
}

async function expandInto(
  found: RequirementLine[],
  place: Place,
  lines: readonly string[],
): Promise<void> {
  for (const line of normalizeLines(lines)) {
    const reference = /^(-r|--requirement|-c|--constraint)\s+(.*)$/.exec(line);
    if (reference === null) found.push({ text: line, isConstraint: place.isConstraint });
    else await expandFile(found, place, reference[2] ?? '', /^--?c/.test(line));
    if (found.length > lineLimit) throw invalid(place, `more than ${lineLimit} requirements`);
  }
}

async function expandFile(
  found: RequirementLine[],
  place: Place,
  name: string,
  isConstraint: boolean,
): Promise<void> {
  const { directory, depth } = place;
  const relative = path.join(place.base, name);
  if (depth === depthLimit) throw invalid(place, `${name} is named by files ${depth} deep`);
  const text = path.isAbsolute(name) ? null : await readInside(directory, relative);
  if (text === null) {
    throw invalid(place, `they name ${name}, which is not a file of the model`);
  }
  const next = { directory, base: path.dirname(relative), isConstraint, depth: depth + 1 };
  await expandInto(found, next, text.split(/\r\n|\r|\n/));
}

/** Without comments and empty lines, continued lines joined. */
function normalizeLines(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open = '';
  let isOpen = false;
  for (const line of lines) {
    const text = line.trim().replace(/ #.*$/, '').trimEnd();
    open += text.replace(/\\+$/, '');
    isOpen = text.endsWith('\\');
    if (isOpen) continue;
    joined.push(open);
    open = '';
  }
  if (isOpen) joined.push(open);
  return joined.filter((line) => line !== '' && !line.startsWith('#'));
}

function invalid({ directory }: Place, reason: string): Error {
  return slipwayError(
    'ENVIRONMENT_FILE_INVALID',
    `The requirements of ${directory} cannot be used: ${reason}.`,
    { details: { directory } },
  );
}
