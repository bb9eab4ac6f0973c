/** Folders of MLServer's users, on the built command. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IndexedModel } from '../../src/repository/model-repository.ts';
import { exampleBody, highAnswer, lowAnswer, putModel } from './example-models.ts';
import { type ServedProcess, startServing } from './served-process.ts';

const timeout = 60_000;
const implementation = 'mlserver_mlflow.MLflowRuntime';

let folder: string;
let server: ServedProcess;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-settings-'));
});

afterEach(async () => {
  await (server as ServedProcess | undefined)?.kill();
  rmSync(folder, { recursive: true, force: true });
});

function putSettings(below: string, settings: object): void {
  mkdirSync(path.join(folder, below), { recursive: true });
  writeFileSync(path.join(folder, below, 'model-settings.json'), JSON.stringify(settings));
}

async function ask(target: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const sent = { method: 'POST', headers, body: exampleBody };
  return (await fetch(`${server.url}/models/${target}/invocations`, sent)).text();
}

async function index(): Promise<readonly Partial<IndexedModel>[]> {
  const response = await fetch(`${server.url}/v2/repository/index`, { method: 'POST' });
  return (await response.json()) as readonly IndexedModel[];
}

it(
  'of several models give names and versions, and refuse what is not MLflow',
  { timeout },
  async () => {
    putModel(path.join(folder, 'models/one/model'), 'low');
    putModel(path.join(folder, 'models/two'), 'high');
    putSettings('models/one', {
      name: 'churn',
      implementation,
      parameters: { uri: './model', version: 'v1' },
    });
    putSettings('models/two', { name: 'churn', implementation, parameters: { version: 'v2' } });
    putSettings('models/iris', { implementation: 'mlserver_sklearn.SKLearnModel' });
    server = await startServing(['--runtime', 'native', '--models', path.join(folder, 'models')]);
    expect(await index()).toMatchObject([
      { name: 'churn', version: 'v2', state: 'READY' },
      { name: 'churn', version: 'v1', state: 'READY' },
      { name: 'iris', state: 'UNAVAILABLE', reason: expect.stringContaining('SKLearnModel') },
    ]);
    expect(await ask('churn/versions/v1')).toBe(lowAnswer);
    expect(await ask('churn/versions/v2')).toBe(highAnswer);
    expect(server.errors()).toMatch(
      /^slipway: note: iris cannot be loaded: [^\n]* wants MLServer's mlserver_sklearn.SKLearnModel; [^\n]*\n$/,
    );
  },
);

it.each(['1', '2'])('of one model are followed, by %s processes', { timeout }, async (workers) => {
  putModel(path.join(folder, 'model'), 'high');
  putSettings('.', { name: 'churn', implementation, parameters: { uri: 'model', version: '7' } });
  server = await startServing(['--runtime', 'native', '-m', folder, '--workers', workers]);
  expect(await index()).toMatchObject([{ name: 'churn', version: '7', state: 'READY' }]);
  expect(await ask('churn')).toBe(highAnswer);
});
