/** Models saved by MLflow 1.30, 2.9, 2.22 and 3.17 under their own Pythons: what each form comes to. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeModel } from './describe-model.ts';
import { readModelEnvironment } from './environment-files.ts';
import { readInputExample } from './read-input-example.ts';
import { readSavedModel } from './read-saved-model.ts';
import type { SavedModel } from './saved-model.ts';

const root = fileURLToPath(new URL('../../test/fixtures/models', import.meta.url));
const old = ['mlflow-1.30', 'mlflow-2.9'] as const;
const recent = ['mlflow-2.22', 'mlflow-3.17'] as const;
const versions = [...old, ...recent] as const;
const withParams = versions.slice(1);

function read(version: string, name: string): Promise<SavedModel> {
  return readSavedModel(path.join(root, version, name));
}

async function inputsOf(version: string, name: string): Promise<readonly string[] | null> {
  return describeModel(await read(version, name)).signature?.inputs ?? null;
}

describe('every fixture', () => {
  const folders = versions.flatMap((version) =>
    readdirSync(path.join(root, version)).map((name) => [version, name] as const),
  );

  it.each(folders)('%s/%s names its version, its Python and its flavor', async (version, name) => {
    const model = await read(version, name);
    expect(model.mlflowVersion?.startsWith(version.slice('mlflow-'.length))).toBe(true);
    expect(model.flavors.has('python_function')).toBe(true);
    expect(model.modelUuid).toMatch(/^[0-9a-f]{32}$/);
    expect((await readModelEnvironment(model)).pythonVersion).toMatch(/^3\.\d+\.\d+$/);
  });
});

describe('signatures of columns', () => {
  const scalars = ['boolean', 'integer', 'long', 'float', 'double', 'string', 'binary', 'datetime'];
  const required = scalars.map((name) => `'${name}': ${name} (required)`);

  it('have no optional column in MLflow 1', async () => {
    const last = "'maybe': double (required)";
    expect(await inputsOf('mlflow-1.30', 'columns')).toEqual([...required, last]);
  });

  it.each(withParams)('have scalars and an optional column in %s', async (version) => {
    const last = "'maybe': double (optional)";
    expect(await inputsOf(version, 'columns')).toEqual([...required, last]);
  });

  it.each(versions)('may have no names, or integers as names, in %s', async (version) => {
    const unnamed = ['double (required)', 'long (required)'];
    const numbered = ['0: double (required)', '1: double (required)'];
    expect(await inputsOf(version, 'columns_unnamed')).toEqual(unnamed);
    expect(await inputsOf(version, 'columns_numbered')).toEqual(numbered);
  });

  it.each(recent)('may be nested in %s', async (version) => {
    expect(await inputsOf(version, 'nested')).toEqual([
      "'array': Array(double) (required)",
      "'matrix': Array(Array(long)) (optional)",
      "'object': {a: Array(double) (optional), z: string (required)} (required)",
      "'objects': Array({k: boolean (required)}) (required)",
      "'map': Map(str -> DataType.double) (required)",
      "'map_of_arrays': Map(str -> Array(string)) (required)",
      "'any': Any (required)",
      "'vector': SparkML vector (required)",
    ]);
  });

  it.each(recent)('may come from type hints in %s', async (version) => {
    const { signature } = describeModel(await read(version, 'type_hint'));
    expect(signature).toEqual({
      inputs: ['string (required)'],
      outputs: ['string (required)'],
      params: null,
      fromTypeHint: true,
    });
  });
});

it.each(versions)('signatures of tensors in %s', async (version) => {
  expect(await inputsOf(version, 'tensors')).toEqual([
    "'image': Tensor('float32', (-1, 28, 28))",
    "'time': Tensor('datetime64[ns]', (-1,))",
    "'text': Tensor('str', (-1, 1))",
    "'z': Tensor('complex64', ())",
  ]);
  expect(await inputsOf(version, 'tensor_unnamed')).toEqual(["Tensor('float32', (-1, 3))"]);
});

it.each(withParams)('params in %s', async (version) => {
  const model = await read(version, 'params');
  const objects =
    version === 'mlflow-2.9' ? [] : ["'object': {k: string (required)} (default: {k: v})"];
  expect(describeModel(model).signature?.params).toEqual([
    "'flag': boolean (default: True)",
    "'count': integer (default: 3)",
    "'big': long (default: 1152921504606846976)",
    "'whole': double (default: 1.0)",
    "'ratio': float (default: 0.5)",
    "'name': string (default: x)",
    "'since': datetime (default: 2024-02-29 12:30:00)",
    "'list': long (default: [1, 2]) (shape: (-1,))",
    "'none': string (default: None)",
    ...objects,
  ]);
});

describe('input examples', () => {
  const rows = '"data": [[0.441, -0.331, 2.431], [-0.252, 0.11, 1.582]]';

  it.each(versions)('of a table become a request in %s', async (version) => {
    const example = await readInputExample(await read(version, 'xgb_sklearn'));
    expect(example?.body).toBe(`{"dataframe_split": {"columns": ["a", "b", "c"], ${rows}}}`);
  });

  it.each(versions)('of an array become a request in %s', async (version) => {
    const example = await readInputExample(await read(version, 'tensor_unnamed'));
    expect(example?.body).toBe('{"inputs": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]}');
  });

  it.each([
    [
      'mlflow-2.9',
      '{"dataframe_split": {"columns": ["x"], "data": [[1.0]]}, "params": {"count": 4}}',
    ],
    ['mlflow-3.17', '{"inputs": {"x": [1.0]}, "params": {"count": 4}}'],
  ])('carry params in %s', async (version, body) => {
    expect((await readInputExample(await read(version, 'params')))?.body).toBe(body);
  });

  it('may be absent', async () => {
    expect(await readInputExample(await read('mlflow-3.17', 'columns'))).toBeNull();
  });
});

describe('environments', () => {
  it.each([
    ['mlflow-1.30', '3.8.18', 'mlflow'],
    ['mlflow-3.17', '3.11.7', 'mlflow==3.17.2'],
  ])('of %s', async (version, python, mlflow) => {
    const environment = await readModelEnvironment(await read(version, 'xgb_sklearn'));
    expect(environment).toMatchObject({
      pythonVersion: python,
      requirements: [mlflow, 'xgboost'],
      conda: { name: 'mlflow-env', channels: ['conda-forge'], pip: [mlflow, 'xgboost'] },
    });
    expect(environment.conda?.dependencies[0]).toBe(`python=${python}`);
    expect(environment.buildDependencies).toEqual(
      expect.arrayContaining([expect.stringMatching(/^pip==/)]),
    );
  });
});

it('a description holds flavors and metadata', async () => {
  const model = await read('mlflow-3.17', 'xgb_sklearn');
  expect(model.metadata).toEqual({ team: 'risk', y: [1, 2.5] });
  expect(describeModel(model)).toMatchObject({
    mlflowVersion: '3.17.2',
    registered: null,
    inputExample: 'input_example.json',
    flavors: [
      { name: 'python_function', version: '3.11.7' },
      { name: 'xgboost', version: '3.2.0', settings: { data: 'model.ubj', model_format: 'ubj' } },
    ],
    signature: {
      inputs: ["'a': double (required)", "'b': double (required)", "'c': double (required)"],
      outputs: ["Tensor('float32', (-1,))"],
      params: null,
    },
  });
});
