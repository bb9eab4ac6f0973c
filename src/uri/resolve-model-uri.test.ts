/** What each form of URI leads to, and what a refusal says. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveModelUri } from './resolve-model-uri.ts';

let root = '';
let model = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'slipway-uri-')));
  model = path.join(root, 'my model');
  await mkdir(model);
  await mkdir(path.join(root, 'a%20b'));
  await writeFile(path.join(model, 'MLmodel'), 'flavors: {}\n');
  await writeFile(path.join(root, 'a%20b', 'MLmodel'), 'flavors: {}\n');
});

afterAll(() => rm(root, { recursive: true }));

/** Path of `model` relative to the working folder, as a relative URI needs it. */
function relative(): string {
  return path.relative(process.cwd(), model);
}

describe('resolveModelUri', () => {
  it('takes paths as they are', async () => {
    expect(await resolveModelUri(model)).toBe(model);
    expect(await resolveModelUri(`${model}/`)).toBe(model);
    expect(await resolveModelUri(relative())).toBe(model);
  });

  it('takes file: URIs, absolute and relative, and decodes them', async () => {
    const encoded = model.replace(' ', '%20');
    const uris = [`file://${encoded}`, `file:${encoded}`, `file://localhost${encoded}`];
    for (const uri of [
      ...uris,
      `FILE://${encoded}`,
      `file:${relative()}`,
      `file:./${relative()}`,
    ]) {
      expect(await resolveModelUri(uri), uri).toBe(model);
    }
  });

  it('decodes a plain path, as MLflow does, unless the path exists as written', async () => {
    expect(await resolveModelUri(model.replace(' ', '%20'))).toBe(model);
    expect(await resolveModelUri(path.join(root, 'a%20b'))).toBe(path.join(root, 'a%20b'));
  });

  it.each(['oss://bucket/model', 'artifactory:/x', 'vast:x'])(
    'names the command that fetches %s',
    async (uri) => {
      await expect(resolveModelUri(uri)).rejects.toMatchObject({
        code: 'MODEL_URI_UNSUPPORTED',
        message: expect.stringContaining(`mlflow artifacts download -u '${uri}' -d DIR`) as string,
      });
    },
  );

  it('quotes the URI in that command', async () => {
    await expect(resolveModelUri("oss://it's/1")).rejects.toThrow(`'oss://it'\\''s/1'`);
  });

  it('refuses other hosts', async () => {
    await expect(resolveModelUri('file://nas/model')).rejects.toMatchObject({
      code: 'MODEL_URI_UNSUPPORTED',
    });
  });

  it.each([
    ['', /empty/],
    ['/no/such/folder', /\/no\/such\/folder does not exist$/],
    ['C:\\models\\churn', /does not exist$/],
    ['m-0123456789abcdef', /for a logged model write models:\/m-0123456789abcdef/],
  ])('does not find %j', async (uri, message) => {
    await expect(resolveModelUri(uri)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(message) as string,
    });
  });

  it('says where the MLmodel file is, when it is near', async () => {
    await expect(resolveModelUri(root)).rejects.toThrow(/holds no MLmodel file; there is one in/);
    await expect(resolveModelUri(path.join(model, 'MLmodel'))).rejects.toThrow(
      `is not a folder; its folder is ${model}`,
    );
  });

  it('says how a registered model is written where an id of a logged one is none', async () => {
    const store = path.join(root, 'mlruns');
    await mkdir(path.join(store, '0'), { recursive: true });
    const meta = 'experiment_id: 0\nname: Default\nlifecycle_stage: active\n';
    await writeFile(path.join(store, '0', 'meta.yaml'), meta);
    const environment = { MLFLOW_TRACKING_URI: store, SLIPWAY_CACHE: path.join(root, 'cache') };
    await expect(resolveModelUri('models:/fraud', { environment })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('write models:/fraud/1, ') as string,
    });
    await expect(resolveModelUri('models:/m-12', { environment })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.not.stringContaining('write models:') as string,
    });
  });
});
