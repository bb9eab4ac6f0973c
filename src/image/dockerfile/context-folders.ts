/** Where the files of a recipe stand in the directory that builders get. */
import path from 'node:path';
import type { FilesStep, ImageRecipe, PythonStep } from '../../contract/image-recipe.ts';
import { modelFolder } from '../recipe/container-config.ts';
import { slipwayFolder } from '../recipe/package-files.ts';

/** Folder of what installers read. */
export const requirementsFolder = 'requirements';

/** MLflow's name for the folder around the model. */
const modelParent = 'model_dir';

/** A folder of the directory that is copied into the image as it is. */
export interface ContextFolder {
  /** Relative to the directory, with `/`. */
  readonly source: string;
  /** Absolute path in the image. */
  readonly target: string;
}

/** The folder of a step. */
export function contextFolder(step: FilesStep): ContextFolder {
  if (step.name === 'model') {
    const [file] = step.files;
    const name = path.basename(file?.source ?? '').replaceAll(/[^\w.-]/g, '-');
    return { source: `${modelParent}/${name || 'model'}`, target: modelFolder };
  }
  if (step.name === 'runtime') return { source: 'slipway', target: slipwayFolder };
  return { source: `packages/${architectureOf(step)}`, target: slipwayFolder };
}

/** `amd64` or `arm64`, as builders call it in TARGETARCH. */
function architectureOf({ platform }: FilesStep): string {
  return platform?.split('/')[1] ?? '';
}

/** Files of the directory: where each comes from, and its place there. */
export interface ContextFile {
  readonly source: string;
  /** Relative to the directory. */
  readonly target: string;
}

/** Everything that is copied into the directory. */
export function contextFiles({ steps }: ImageRecipe): readonly ContextFile[] {
  return steps.flatMap((step) => {
    if (step.kind === 'python') return pythonFiles(step);
    if (step.kind !== 'files') return [];
    const folder = contextFolder(step);
    return step.files.map(({ source, target }) => ({
      source,
      target: path.posix.join(folder.source, path.posix.relative(folder.target, target)),
    }));
  });
}

function pythonFiles({ files, condaFile }: PythonStep): readonly ContextFile[] {
  const named = files.map(({ source, target }) => ({
    source,
    target: `${requirementsFolder}/${target}`,
  }));
  if (condaFile === null) return named;
  return [...named, { source: condaFile, target: `${requirementsFolder}/conda.yaml` }];
}

/** Texts that are written into the directory, by their place there. */
export function contextTexts({ steps }: ImageRecipe): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const step of steps) {
    if (step.kind !== 'python') continue;
    for (const { name, lines } of requirementFiles(step)) {
      texts.set(`${requirementsFolder}/${name}`, `${lines.join('\n')}\n`);
    }
  }
  return texts;
}

/** A file of lines for an installer. */
export interface RequirementFile {
  readonly name: 'build.txt' | 'requirements.txt' | 'constraints.txt' | 'additions.txt';
  readonly lines: readonly string[];
}

/** The files that are not empty, in the order in which they are installed. With conda.yaml only the additions count. */
export function requirementFiles(step: PythonStep): readonly RequirementFile[] {
  const files: readonly RequirementFile[] = [
    { name: 'constraints.txt', lines: step.constraints },
    { name: 'build.txt', lines: step.buildDependencies },
    { name: 'requirements.txt', lines: step.requirements },
    { name: 'additions.txt', lines: step.additions },
  ];
  return files.filter(
    ({ name, lines }) => lines.length > 0 && (step.condaFile === null || name === 'additions.txt'),
  );
}
