/** Whole folders: what is read, and how each thing that can be wrong is named. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSavedModel } from './read-saved-model.ts';

let root = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'slipway-model-'));
});

afterAll(() => rm(root, { recursive: true }));

async function makeModel(mlmodel: string | Uint8Array, registered?: string): Promise<string> {
  const folder = path.join(root, `m${count++}`);
  await mkdir(folder);
  await writeFile(path.join(folder, 'MLmodel'), mlmodel);
  if (registered !== undefined) {
    await writeFile(path.join(folder, 'registered_model_meta'), registered);
  }
  return folder;
}

const minimal = 'flavors:\n  python_function:\n    env: conda.yaml\n';

describe('readSavedModel', () => {
  it('reads what a file of MLflow 3 says', async () => {
    const folder = await makeModel(
      `${minimal}metadata:\n  team: y\nmlflow_version: 3.17.2\nmodel_id: m-1\nmodel_size_bytes: 12
model_uuid: m-1\nrun_id: '007'\nutc_time_created: '2026-01-01 00:00:00.000000'\nunknown: [1]
signature:\n  inputs: '[{"type": "double", "name": "a", "required": true}]'\n  outputs: null
is_signature_from_type_hint: true\nsaved_input_example_info:\n  artifact_path: input_example.json
  pandas_orient: split\n  serving_input_path: serving_input_example.json\n  type: dataframe\n`,
      'model_name: churn\nmodel_version: 7\n',
    );
    expect(await readSavedModel(folder, 'models:/churn/7')).toEqual({
      directory: folder,
      uri: 'models:/churn/7',
      flavors: new Map([['python_function', { env: 'conda.yaml' }]]),
      signature: {
        inputs: {
          kind: 'columns',
          columns: [{ name: 'a', type: { kind: 'scalar', type: 'double' }, required: true }],
        },
        outputs: null,
        params: null,
        fromTypeHint: true,
      },
      mlflowVersion: '3.17.2',
      runId: '007',
      modelId: 'm-1',
      modelUuid: 'm-1',
      utcTimeCreated: '2026-01-01 00:00:00.000000',
      modelSizeBytes: 12,
      metadata: { team: 'y' },
      inputExample: {
        artifactPath: 'input_example.json',
        servingInputPath: 'serving_input_example.json',
        type: 'dataframe',
        pandasOrient: 'split',
      },
      registered: { name: 'churn', version: '7' },
    });
  });

  it('is content with flavors alone', async () => {
    const model = await readSavedModel(await makeModel(minimal, '}{'));
    expect(model).toMatchObject({ signature: null, mlflowVersion: null, registered: null });
  });

  it('knows that a logged model has no registered name', async () => {
    const folder = await makeModel(minimal, 'model_name: null\nmodel_version: null\n');
    expect((await readSavedModel(folder)).registered).toEqual({ name: null, version: null });
  });

  it.each([
    ['run_id: a\n', 'MLMODEL_INVALID', /MLmodel: flavors: expected a map, got nothing/],
    ['flavors: 3\n', 'MLMODEL_INVALID', /flavors: expected a map, got 3/],
    ['- 1\n', 'MLMODEL_INVALID', /the document: expected a map, got a list/],
    ['', 'MLMODEL_INVALID', /the document: expected a map, got null/],
    ['a: [', 'MLMODEL_INVALID', /not valid YAML/],
    ['a: 1\n---\nb: 2\n', 'MLMODEL_INVALID', /not valid YAML/],
    ['flavors: !!python/object:os.system {}\n', 'MLMODEL_INVALID', /Unresolved tag/],
    ['flavors: &a {b: *a}\n', 'MLMODEL_INVALID', /not valid YAML/],
    [`${minimal}model_size_bytes: x\n`, 'MLMODEL_INVALID', /model_size_bytes: .* got "x"/],
    [`${minimal}signature: 3\n`, 'SIGNATURE_INVALID', /MLmodel: signature: expected a map/],
    [`${minimal}metadata: {mlflow.model.isExternal: true}\n`, 'MODEL_EXTERNAL', /external/],
  ])('refuses %j', async (text, code, message) => {
    const folder = await makeModel(text);
    await expect(readSavedModel(folder)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a bomb of aliases', async () => {
    const lines = Array.from('bcdefghij', (name, index) => {
      const aliases = Array<string>(9).fill(`*${'abcdefghij'[index]}`);
      return `${name}: &${name} [${aliases.join(', ')}]`;
    });
    const folder = await makeModel(`a: &a [1]\n${lines.join('\n')}\n${minimal}`);
    await expect(readSavedModel(folder)).rejects.toMatchObject({ code: 'MLMODEL_INVALID' });
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['dashes', '- '.repeat(200_000)],
    ['anchors', '&a '.repeat(100_000)],
    ['size', ' '.repeat(9_000_000)],
    ['bytes', Uint8Array.of(0xff, 0xfe, 0x00)],
  ])('refuses excessive %s', async (_, text) => {
    const folder = await makeModel(text);
    await expect(readSavedModel(folder)).rejects.toMatchObject({ code: 'MLMODEL_INVALID' });
  });

  it('says which folder holds no model', async () => {
    await expect(readSavedModel(root)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: `${root} holds no MLmodel file`,
    });
  });
});
