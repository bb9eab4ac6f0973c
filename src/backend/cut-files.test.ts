/** Models whose file nobody reads: the error comes at once, and no environment is made for Python to fail in. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../test/architecture/source-files.ts';
import { writeCatboost, writeLightgbm, writeOnnx } from '../../test/images/recorded-models.ts';
import { resolveBackendOptions } from './backend-options.ts';
import { openModel, selectModel } from './open-model.ts';

const example = path.join(projectRoot, 'examples/diabetes/model');

/** Writers of models, and the name of the file. */
const models: readonly (readonly [string, string, (folder: string) => void])[] = [
  ['xgboost', 'model.ubj', (folder) => cpSync(example, folder, { recursive: true })],
  ['lightgbm', 'model.lgb', writeLightgbm],
  ['catboost', 'model.cb', writeCatboost],
  ['onnx', 'model.onnx', writeOnnx],
];

let folder = '';
const model = (): string => path.join(folder, 'model');
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-cut-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function expectRefusal(text: RegExp): Promise<void> {
  const { selection } = await selectModel(model(), 'auto');
  expect(selection.runtime).toBeNull();
  await expect(openModel(model(), resolveBackendOptions())).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    message: expect.stringMatching(text) as string,
  });
  // Whoever asks for Python gets it.
  expect((await selectModel(model(), 'python')).selection.runtime).toBe('python');
}

describe.each(models)('a model of %s', (_, file, write) => {
  const place = (): string => path.join(model(), file);
  beforeEach(() => write(model()));

  it('is refused wherever its file ends too early', async () => {
    const { length } = readFileSync(place());
    for (const part of [0.5, 0.35, 0.2]) {
      truncateSync(place(), Math.floor(length * part));
      await expectRefusal(/is damaged: .*(ends too early|larger than)/);
    }
  });

  it('is refused whose file is empty, a pointer or not there', async () => {
    truncateSync(place());
    await expectRefusal(/^The model file model\.\w+ is empty\.$/);
    writeFileSync(place(), 'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n');
    await expectRefusal(/is a pointer of Git LFS: run "git lfs pull"/);
    rmSync(place());
    await expectRefusal(/is not there, though the MLmodel file names it\.$/);
  });
});

it('a file that is whole goes to Python where the native reader does not know what stands in it', async () => {
  cpSync(example, model(), { recursive: true });
  writeFileSync(path.join(model(), 'model.ubj'), '{"learner": {"of": "later versions"}}');
  const { selection } = await selectModel(model(), 'auto');
  expect(selection.runtime).toBe('python');
});
