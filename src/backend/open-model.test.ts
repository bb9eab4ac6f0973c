import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { resolveBackendOptions } from './backend-options.ts';
import { writeUnsupportedOnnx } from '../../test/images/recorded-models.ts';
import { openModel } from './open-model.ts';

it('says why each runtime cannot, where nothing can score the model', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-open-'));
  const flavors =
    '{xgboost: {data: model.ubj, model_class: xgboost.core.Booster}, python_function: {}}';
  writeFileSync(path.join(folder, 'MLmodel'), `flavors: ${flavors}\n`);
  const opening = openModel(folder, resolveBackendOptions());
  await expect(opening).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    message: expect.stringMatching(/native: .* python: .* r: /) as string,
  });
  rmSync(folder, { recursive: true });
});

it('hands a model over to Python when its native reader finds, on opening, that it cannot', async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'slipway-open-')), 'model');
  writeUnsupportedOnnx(folder);
  const chosen: (string | null)[] = [];
  const environment = { envManager: 'local', python: '/no/such/python' } as const;
  const opening = openModel(folder, resolveBackendOptions({ environment }), {
    onSelected: ({ runtime }) => chosen.push(runtime),
  });
  await expect(opening).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  expect(chosen).toEqual(['native', 'python']);
  rmSync(path.dirname(folder), { recursive: true });
});
