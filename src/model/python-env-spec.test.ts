import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PythonEnvSpec, readPythonEnvSpec } from './python-env-spec.ts';
import { readSavedModel } from './read-saved-model.ts';

let directory: string;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(os.tmpdir(), 'slipway-spec-')), 'model');
  mkdirSync(path.join(directory, 'more'), { recursive: true });
  write({ MLmodel: 'flavors:\n  python_function: {loader_module: x, python_version: 3.9.1}\n' });
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
}

async function read(): Promise<PythonEnvSpec> {
  return readPythonEnvSpec(await readSavedModel(directory));
}

describe('the environment that a model wants', () => {
  it('stands in python_env.yaml, whose version 3.10 is not 3.1', async () => {
    write({
      'python_env.yaml':
        'python: 3.10\nbuild_dependencies: [pip==26.3]\ndependencies: [-r requirements.txt]\n',
      'requirements.txt': 'b==1 # why\n\n# no\na \\\n  ==2\n-c more/limits.txt\n--pre\n',
      'more/limits.txt': '-r inner.txt',
      'more/inner.txt': 'c<3',
    });
    expect(await read()).toEqual({
      python: '3.10',
      buildDependencies: ['pip==26.3'],
      dependencies: ['-r requirements.txt'],
      requirements: [
        { text: 'b==1', isConstraint: false },
        { text: 'a ==2', isConstraint: false },
        { text: 'c<3', isConstraint: false },
        { text: '--pre', isConstraint: false },
      ],
      notes: [],
    });
  });

  it('stands in conda.yaml before MLflow 1.26', async () => {
    const conda =
      'dependencies:\n- python=3.8.13\n- pip<=21\n- setuptools=60\n- cudatoolkit=11\n- pip: [x==1]\n';
    write({ 'conda.yaml': conda });
    const spec = await read();
    expect(spec).toMatchObject({
      python: '3.8.13',
      buildDependencies: ['pip<=21', 'setuptools==60'],
      dependencies: ['x==1'],
    });
    expect(spec.notes).toEqual([expect.stringContaining('cudatoolkit=11')]);
    write({ 'requirements.txt': 'y' });
    expect(await read()).toMatchObject({ python: '3.8.13', dependencies: ['-r requirements.txt'] });
  });

  it('takes the version of the flavor where no file has one', async () => {
    write({ 'requirements.txt': 'y' });
    expect((await read()).python).toBe('3.9.1');
  });

  it.each([
    ['no file', {}, 'neither'],
    ['an open conda', { 'conda.yaml': 'dependencies: [python]' }, 'must pin'],
    ['another comparison', { 'conda.yaml': 'dependencies: [python<3.9]' }, "with '<'"],
    ['a map for a list', { 'python_env.yaml': 'dependencies: {a: b}' }, 'not a list'],
    ['a missing file', { 'python_env.yaml': 'dependencies: [-r none.txt]' }, 'none.txt'],
    ['a way out', { 'python_env.yaml': 'dependencies: [-r ../../etc/passwd]' }, 'not a file of'],
    [
      'a file that names itself',
      { 'python_env.yaml': 'dependencies: [-r r.txt]', 'r.txt': '-r r.txt' },
      'deep',
    ],
  ])('is refused with %s', async (_name, files, reason) => {
    write(files);
    await expect(read()).rejects.toMatchObject({
      code: 'ENVIRONMENT_FILE_INVALID',
      message: expect.stringContaining(reason),
    });
  });
});
