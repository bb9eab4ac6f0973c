/** Adds requirements to a model and removes them, in conda.yaml and requirements.txt alike. Source: mlflow/models/model.py `update_model_requirements` 3.17.2. */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { addRequirements, removeRequirements } from '../model/edit-requirements.ts';
import { readInside } from '../model/environment-files.ts';
import {
  formatRequirement,
  parseRequirement,
  type Requirement,
} from '../model/parse-requirement.ts';
import { parseYaml } from '../model/parse-yaml.ts';

/** What `update-pip-requirements` does. */
export type RequirementOperation = 'add' | 'remove';

/** The requirements before and after, as they stand in requirements.txt, or in conda.yaml where that is all there is. */
export interface UpdatedRequirements {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Names to be removed that were not there. */
  readonly unknown: readonly string[];
}

/**
 * Changes the files of the model in `directory`; none is touched unless all can be read. `texts` are requirements of
 * PEP 508, which are put in lower case; `remove` looks at their names only.
 *
 * @throws REQUIREMENT_INVALID for a text or a line of the files, ENVIRONMENT_FILE_INVALID where neither file is there
 */
export async function updateRequirements(
  directory: string,
  operation: RequirementOperation,
  texts: readonly string[],
): Promise<UpdatedRequirements> {
  const asked = parseAsked(texts);
  const files = await readFiles(directory);
  const [last] = files.toReversed();
  if (last === undefined) {
    throw slipwayError(
      'ENVIRONMENT_FILE_INVALID',
      `${directory} has neither conda.yaml nor requirements.txt, so there is nothing to change.`,
    );
  }
  const edit = operation === 'add' ? addRequirements : removeRequirements;
  const edited = files.map((file) => ({ file, after: edit(file.requirements, asked) }));
  if (asked.length > 0) {
    for (const { file, after } of edited) await file.write(after.map(formatRequirement));
  }
  const names = new Set(last.requirements.map(({ name }) => name.toLowerCase()));
  return {
    before: last.requirements.map(formatRequirement),
    after: (edited.at(-1)?.after ?? []).map(formatRequirement),
    unknown:
      operation === 'add' ? [] : asked.map(({ name }) => name).filter((name) => !names.has(name)),
  };
}

/** All that are wrong are named at once. */
function parseAsked(texts: readonly string[]): readonly Requirement[] {
  const wrong: string[] = [];
  const asked = texts.flatMap((text) => {
    try {
      return [parseRequirement(text.trim().toLowerCase())];
    } catch (error) {
      if (!isSlipwayError(error)) throw error;
      wrong.push(error.message);
      return [];
    }
  });
  if (wrong.length === 0) return asked;
  throw slipwayError('REQUIREMENT_INVALID', `Found invalid requirements: ${wrong.join('; ')}`);
}

interface RequirementFile {
  readonly requirements: readonly Requirement[];
  write(lines: readonly string[]): Promise<void>;
}

async function readFiles(directory: string): Promise<readonly RequirementFile[]> {
  const [conda, plain] = await Promise.all(
    ['conda.yaml', 'requirements.txt'].map((name) => readInside(directory, name)),
  );
  return [
    ...(conda == null ? [] : [readConda(path.join(directory, 'conda.yaml'), conda)]),
    ...(plain == null ? [] : [readPlain(path.join(directory, 'requirements.txt'), plain)]),
  ];
}

function readPlain(file: string, text: string): RequirementFile {
  return {
    requirements: parseLines(text.split(/\r\n|\r|\n/), file),
    write: (lines) => replaceFile(file, lines.join('\n')),
  };
}

/** Written as PyYAML dumps it: sorted keys, lists not indented. */
function readConda(file: string, text: string): RequirementFile {
  const value = parseYaml(text, file);
  const map = isMap(value) ? value : {};
  const entries: readonly unknown[] = Array.isArray(map['dependencies']) ? map['dependencies'] : [];
  const pip = entries.find(isPip)?.pip;
  const lines: readonly unknown[] = Array.isArray(pip) ? pip : [];
  return {
    requirements: parseLines(lines.map(String), file),
    async write(after) {
      const kept = entries.map((entry) => (isPip(entry) ? { pip: after } : entry));
      const dependencies = entries.some(isPip) ? kept : [...kept, { pip: after }];
      const dumped = stringify(
        { ...map, dependencies },
        { version: '1.1', sortMapEntries: true, indentSeq: false, singleQuote: true, lineWidth: 0 },
      );
      await replaceFile(file, dumped);
    },
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPip(entry: unknown): entry is { readonly pip: unknown } {
  return isMap(entry) && 'pip' in entry;
}

/** Comments and options of pip are refused as MLflow refuses them: rewriting would lose them. */
function parseLines(lines: readonly string[], file: string): readonly Requirement[] {
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return parseRequirement(line);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : '';
        throw slipwayError(
          'REQUIREMENT_INVALID',
          `${file} holds a line that would be lost: ${reason}. Edit the file by hand.`,
          { details: { file, line }, cause },
        );
      }
    });
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
