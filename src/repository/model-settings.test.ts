/** Folders as MLServer's users have them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasModelSettings, readModelSettings } from './model-settings.ts';
import { scanModels } from './models-folder.ts';

const implementation = 'mlserver_mlflow.MLflowRuntime';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-settings-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, content: unknown): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
}

function putSettings(below: string, content: unknown): void {
  put(path.join(below, 'model-settings.json'), content);
}

describe('model-settings.json', () => {
  it.each([
    [{}, ['.', null, null]],
    [{ name: 'iris', implementation }, ['.', 'iris', null]],
    [{ name: '', parameters: { version: 'v0.1.0', uri: './model' } }, ['model', null, 'v0.1.0']],
    [
      { parameters: { uri: '../elsewhere', extra: {} }, max_batch_size: 5 },
      ['../elsewhere', null, null],
    ],
    [{ parameters: { uri: 'file:model' } }, ['model', null, null]],
    [{ parameters: null, name: null }, ['.', null, null]],
  ])('%j says place, name and version', (content, [place, name, version]) => {
    putSettings('.', content);
    expect(hasModelSettings(folder)).toBe(true);
    expect(readModelSettings(folder)).toEqual({
      uri: path.join(folder, place ?? ''),
      name,
      version,
    });
  });

  it('may name a URI', () => {
    putSettings('.', { parameters: { uri: 's3://models/churn' } });
    expect(readModelSettings(folder).uri).toBe('s3://models/churn');
  });

  it.each([
    ['{', 'MLMODEL_INVALID', 'model-settings.json cannot be read: '],
    [{ name: 5 }, 'MLMODEL_INVALID', 'model-settings.json cannot be read: name: '],
    [{ parameters: { uri: [] } }, 'MLMODEL_INVALID', 'cannot be read: parameters.uri: '],
    [
      { implementation: 'mlserver_sklearn.SKLearnModel' },
      'NO_FLAVOR_BACKEND',
      "wants MLServer's mlserver_sklearn.SKLearnModel; only models of MLflow are served",
    ],
  ])('%j is refused', (content, code, message) => {
    putSettings('.', content);
    expect(() => readModelSettings(folder)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('says which models a folder has', async () => {
    putSettings('a', { name: 'churn', parameters: { version: '1', uri: './model' } });
    putSettings('b', { name: 'churn', parameters: { version: '2' } });
    putSettings('c', { name: 'churn', parameters: { version: '2' } });
    putSettings('odd', { implementation: 'x.Y' });
    putSettings('many/1', {});
    putSettings('many/2', { parameters: { version: 'two' } });
    put('plain/MLmodel', 'flavors: {}\n');
    const units = await scanModels(folder);
    expect(units).toEqual([
      { id: 'churn/1', uri: path.join(folder, 'a/model'), name: 'churn', version: '1' },
      { id: 'churn/2', uri: path.join(folder, 'b'), name: 'churn', version: '2' },
      { id: 'many/1', uri: path.join(folder, 'many/1'), name: 'many', version: '1' },
      { id: 'many/two', uri: path.join(folder, 'many/2'), name: 'many', version: 'two' },
      { id: 'odd', uri: path.join(folder, 'odd'), name: 'odd', version: null },
      { id: 'plain', uri: path.join(folder, 'plain'), name: 'plain', version: null },
    ]);
  });
});
