import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updateRequirements } from './update-requirements.ts';

const conda =
  'channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip<=26.3\n- pip:\n  - mlflow==3.17.2\n  - scikit-learn\nname: mlflow-env\n';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-update-'));
  writeFileSync(path.join(directory, 'conda.yaml'), conda);
  writeFileSync(path.join(directory, 'requirements.txt'), 'mlflow==3.17.2\nscikit-learn');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(name: string): string {
  return readFileSync(path.join(directory, name), 'utf8');
}

describe('requirements of a model', () => {
  it('are replaced in place and added at the end, as MLflow 3.17.2 writes them', async () => {
    const asked = ['pandas==1.0.0', 'MLflow >= 2.8, != 2.9.0', "foo[b,a]>1;python_version<'3.12'"];
    await updateRequirements(directory, 'add', asked);
    expect(read('requirements.txt')).toBe(
      'mlflow!=2.9.0,>=2.8\nscikit-learn\npandas==1.0.0\nfoo[a,b]>1; python_version < "3.12"',
    );
    expect(read('conda.yaml')).toBe(
      'channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip<=26.3\n- pip:\n  - mlflow!=2.9.0,>=2.8\n  - scikit-learn\n  - pandas==1.0.0\n  - foo[a,b]>1; python_version < "3.12"\nname: mlflow-env\n',
    );
  });

  it('are removed by name; names that are not there are told', async () => {
    const done = await updateRequirements(directory, 'remove', ['mlflow==9', 'none']);
    expect(done).toEqual({
      before: ['mlflow==3.17.2', 'scikit-learn'],
      after: ['scikit-learn'],
      unknown: ['none'],
    });
    expect(read('requirements.txt')).toBe('scikit-learn');
  });

  it('of one name that are asked for together are merged; another spelling is the same name', async () => {
    await updateRequirements(directory, 'add', ['scikit_learn[x]>=1', 'scikit_learn<2']);
    expect(read('requirements.txt')).toBe('mlflow==3.17.2\nscikit_learn[x]<2,>=1');
  });

  it('stay as they are where nothing is asked, or one of them is wrong', async () => {
    await updateRequirements(directory, 'add', []);
    await expect(updateRequirements(directory, 'add', ['x', 'a==', '-y'])).rejects.toMatchObject({
      code: 'REQUIREMENT_INVALID',
      message: expect.stringMatching(/'a==' .*'-y' /),
    });
    writeFileSync(path.join(directory, 'requirements.txt'), '-c limits.txt\nx');
    await expect(updateRequirements(directory, 'add', ['x'])).rejects.toMatchObject({
      code: 'REQUIREMENT_INVALID',
    });
    expect(read('conda.yaml')).toBe(conda);
    expect(readdirSync(directory).toSorted()).toEqual(['conda.yaml', 'requirements.txt']);
  });

  it('need a file', async () => {
    rmSync(path.join(directory, 'conda.yaml'));
    rmSync(path.join(directory, 'requirements.txt'));
    await expect(updateRequirements(directory, 'add', ['x'])).rejects.toMatchObject({
      code: 'ENVIRONMENT_FILE_INVALID',
    });
  });
});
