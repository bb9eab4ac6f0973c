import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSavedModel } from '../model/read-saved-model.ts';
import { createNativeRuntime } from './native.ts';

const native = createNativeRuntime();
const diabetes = await readSavedModel(
  path.resolve(import.meta.dirname, '../../examples/diabetes/model'),
  'models:/diabetes/1',
);

describe('the image of a native model', () => {
  it('is Node, Slipway and the model, in this order', async () => {
    const recipe = await native.imageRecipe?.(diabetes, {});
    expect(recipe?.base).toMatchObject({ name: 'node:22-slim', platforms: [] });
    expect(recipe?.steps.map((step) => (step.kind === 'files' ? step.name : step.kind))).toEqual([
      'runtime',
      'model',
    ]);
    expect(recipe?.steps.at(-1)).toMatchObject({
      files: [{ source: diabetes.directory, target: '/opt/ml/model' }],
    });
    expect(recipe?.config).toMatchObject({ user: '65532:65532', ports: [8080] });
    expect(recipe?.config.labels).toMatchObject({ 'org.mlflow.model.uri': 'models:/diabetes/1' });
  });

  it('says nothing of the machine that builds it', async () => {
    const model = { ...diabetes, uri: diabetes.directory };
    const recipe = await native.imageRecipe?.(model, {});
    expect(JSON.stringify(recipe?.config)).not.toContain(diabetes.directory);
  });

  it('says which options mean nothing to it', async () => {
    const recipe = await native.imageRecipe?.(diabetes, { installJava: true, installMlflow: true });
    expect(recipe?.notes).toEqual([
      '--install-java and --install-mlflow have no effect: a native model needs neither Python nor Java',
    ]);
  });

  it('has the libraries of each platform, where the model comes later', async () => {
    const recipe = await native.imageRecipe?.(null, { platforms: ['linux/amd64', 'linux/arm64'] });
    const libraries = recipe?.steps.flatMap((step) =>
      step.kind === 'files' && step.name === 'packages'
        ? [[step.platform, step.files.filter(({ target }) => target.endsWith('.node')).length]]
        : [],
    );
    expect(libraries).toEqual([
      ['linux/amd64', 1],
      ['linux/arm64', 1],
    ]);
  });
});
