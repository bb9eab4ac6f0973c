/** Who can build an image here. */
import type { ImageBuilder } from '../../contract/build-image.ts';
import type { ImageRecipe } from '../../contract/image-recipe.ts';
import { findExecutable } from '../../env/find-executable.ts';
import { listPythons } from '../../env/list-pythons.ts';
import { isLocalBase } from '../open-base.ts';
import { containerTools, findTool } from './container-tools.ts';

/** `auto`: our own writer unless a step has to be run, and a tool that runs steps is there. */
export async function chooseBuilder(
  recipe: ImageRecipe,
  wanted: ImageBuilder | 'auto',
): Promise<ImageBuilder> {
  if (wanted !== 'auto') return wanted;
  if (isLocalBase(recipe.base.name) || !runsSteps(recipe)) return 'oci';
  return (await findTool(containerTools)) ?? 'oci';
}

/** True if an image by this recipe can be built on this machine. */
export async function canBuild(recipe: ImageRecipe): Promise<boolean> {
  if ((await findTool(containerTools)) !== null) return true;
  if (runsSteps(recipe)) return false;
  const python = recipe.steps.find((step) => step.kind === 'python');
  if (python === undefined) return true;
  if ((await findExecutable('uv')) !== null) return true;
  const minor = /^\d+\.\d+/.exec(python.python ?? '')?.[0];
  return (await listPythons()).some(({ version }) => version.startsWith(`${minor ?? '3'}.`));
}

/** conda and apt are programs of the image. */
function runsSteps({ steps }: ImageRecipe): boolean {
  return steps.some(
    (step) =>
      step.kind === 'system-packages' || (step.kind === 'python' && step.manager === 'conda'),
  );
}
