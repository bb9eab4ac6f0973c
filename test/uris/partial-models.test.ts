/** A native model fetches neither its pickled twin nor what only Python needs; whoever needs the rest gets it, and each file once. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadModel } from '../../src/backend/load-model.ts';
import { selectModel } from '../../src/backend/open-model.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { type HttpDouble, startHttpDouble } from './http-double.ts';

const example = path.join(projectRoot, 'examples/diabetes/model');
const forPython = ['model.pkl', 'wheels/own-1.0-py3-none-any.whl', 'artifacts/lookup.csv'];
const uri = 'mlflow-artifacts:/m';
let folder = '';
let double: HttpDouble;
let environment: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-partial-'));
  double = await startHttpDouble();
  for (const entry of await readdir(example, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    double.files.set(`m/${path.relative(example, file)}`, await readFile(file));
  }
  for (const name of forPython) double.files.set(`m/${name}`, Buffer.from('of Python'));
  environment = {
    HOME: folder,
    SLIPWAY_CACHE: path.join(folder, 'cache'),
    MLFLOW_TRACKING_URI: double.url,
  };
});

afterEach(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

/** Names of the files that were fetched since the last call. */
function fetched(): readonly string[] {
  const lines = double.requests.splice(0).map(({ line }) => line);
  return lines.flatMap((line) => /artifacts\/m\/(.*)$/.exec(line)?.[1] ?? []).toSorted();
}

const expectForPython = (names: readonly string[]): void =>
  expect(names.filter((name) => forPython.includes(name))).toEqual([]);

it('leaves what only Python needs where it is, and fetches it for whoever wants it', async () => {
  const selected = await selectModel(uri, 'auto', { environment });
  expect(selected.runtime?.id).toBe('native');
  expectForPython(fetched());
  expect(await readdir(selected.model.directory)).not.toContain('model.pkl');

  const offline = { environment, offline: true };
  expect((await selectModel(uri, 'auto', offline)).model.directory).toBe(selected.model.directory);
  await expect(resolveModelUri(uri, offline)).rejects.toMatchObject({ code: 'MODEL_NOT_CACHED' });

  const whole = await resolveModelUri(uri, { environment });
  expect(fetched()).toEqual(['MLmodel', ...forPython].toSorted());
  expect(await readFile(path.join(whole, 'model.pkl'), 'utf8')).toBe('of Python');
  expect((await selectModel(uri, 'auto', { environment })).model.directory).toBe(whole);
  expect(fetched()).toEqual(['MLmodel']);
});

it('scores as the folder does', async () => {
  Object.assign(process.env, { MLFLOW_TRACKING_URI: double.url, SLIPWAY_CACHE: folder });
  try {
    await using fetchedModel = await loadModel(uri);
    await using local = await loadModel(example);
    const rows = [
      { age: 25, sex: 2, bmi: 22.6, bp: 85, s1: 130, s2: 71, s3: 48, s4: 3, s5: 4, s6: 81 },
    ];
    expect(await fetchedModel.predict(rows)).toEqual(await local.predict(rows));
    expectForPython(fetched());
  } finally {
    delete process.env['MLFLOW_TRACKING_URI'];
    delete process.env['SLIPWAY_CACHE'];
  }
});

it('fetches all of a model that turns out to be for Python, each file once', async () => {
  double.files.set('m/model.ubj', Buffer.from('binf of long ago'));
  const selected = await selectModel(uri, 'auto', { environment });
  expect(selected.runtime?.id).toBe('python');
  expect(await readdir(selected.model.directory)).toEqual(
    expect.arrayContaining(['model.pkl', 'wheels', 'artifacts']),
  );
  const names = fetched().filter((name) => name !== 'MLmodel');
  expect(names.length).toBe(new Set(names).size);
});

it.each(['python', 'whole'])('fetches every file for %s', async (what) => {
  const choice = what === 'python' ? 'python' : 'auto';
  const { model } = await selectModel(uri, choice, { environment, isWhole: what === 'whole' });
  expect(await readdir(model.directory)).toContain('model.pkl');
});
