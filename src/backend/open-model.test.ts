import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { resolveBackendOptions } from './backend-options.ts';
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
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-open-'));
  const flavors =
    '{onnx: {data: model.onnx}, python_function: {loader_module: mlflow.onnx, data: model.onnx}}';
  writeFileSync(path.join(folder, 'MLmodel'), `flavors: ${flavors}\n`);
  writeFileSync(path.join(folder, 'model.onnx'), unknownKernel());
  const chosen: (string | null)[] = [];
  const environment = { envManager: 'local', python: '/no/such/python' } as const;
  const opening = openModel(folder, resolveBackendOptions({ environment }), {
    onSelected: ({ runtime }) => chosen.push(runtime),
  });
  await expect(opening).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  expect(chosen).toEqual(['native', 'python']);
  rmSync(folder, { recursive: true });
});

/** BitShift of two uint16 tensors: valid ONNX, for which the library has no kernel. */
function unknownKernel(): Buffer {
  const shape = message(2, message(1, integer(1, 2)));
  const tensor = message(1, Buffer.concat([integer(1, 4), shape]));
  const value = (name: string): Buffer => Buffer.concat([message(1, name), message(2, tensor)]);
  // Field 20 takes two bytes to name.
  const isString = Buffer.from([0xa0, 0x01, 3]);
  const direction = Buffer.concat([message(1, 'direction'), message(4, 'LEFT'), isString]);
  const names = [message(1, 'a'), message(1, 'b'), message(2, 'c'), message(4, 'BitShift')];
  const node = Buffer.concat([...names, message(5, direction)]);
  const ends = [message(11, value('a')), message(11, value('b')), message(12, value('c'))];
  const graph = Buffer.concat([message(1, node), message(2, 'g'), ...ends]);
  const opset = Buffer.concat([message(1, ''), integer(2, 13)]);
  return Buffer.concat([integer(1, 8), message(7, graph), message(8, opset)]);
}

function message(field: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.from([field * 8, value]);
}
