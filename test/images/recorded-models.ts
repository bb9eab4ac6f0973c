/** Model folders made of recordings that the project keeps. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../architecture/source-files.ts';

const fixtures = path.join(projectRoot, 'test/fixtures');

function flavors(id: string, data: string, more: Readonly<Record<string, string>> = {}): string {
  return [
    'flavors:',
    `  ${id}:`,
    `    data: ${data}`,
    ...Object.entries(more).map(([key, value]) => `    ${key}: ${value}`),
    '  python_function:',
    `    data: ${data}`,
    `    loader_module: mlflow.${id}`,
    'model_uuid: 0123456789abcdef0123456789abcdef',
    '',
  ].join('\n');
}

/** A LightGBM classifier of five columns without a signature. */
export function writeLightgbm(folder: string): void {
  const { text } = JSON.parse(
    readFileSync(path.join(fixtures, 'lightgbm/binary.json'), 'utf8'),
  ) as { text: string };
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'model.lgb'), Buffer.from(text, 'base64'));
  writeFileSync(path.join(folder, 'MLmodel'), flavors('lightgbm', 'model.lgb'));
}

/** A CatBoost model of class CatBoost without a signature. */
export function writeCatboost(folder: string): void {
  const recording = JSON.parse(
    readFileSync(path.join(fixtures, 'catboost/base-logloss.json'), 'utf8'),
  ) as { class: string; format: string; file: string };
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'model.cb'), Buffer.from(recording.file, 'base64'));
  const more = { model_type: recording.class, save_format: recording.format };
  writeFileSync(path.join(folder, 'MLmodel'), flavors('catboost', 'model.cb', more));
}

/** An ONNX graph that gives back its column of float64 without a signature. */
export function writeOnnx(folder: string): void {
  const { files } = JSON.parse(
    readFileSync(path.join(fixtures, 'onnx/frame-double.json'), 'utf8'),
  ) as { files: Readonly<Record<string, string>> };
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), Buffer.from(content, 'base64'));
  }
  writeFileSync(path.join(folder, 'MLmodel'), flavors('onnx', 'model.onnx'));
}

/** A valid ONNX graph that onnxruntime has no kernel for, which shows only when it opens the model. */
export function writeUnsupportedOnnx(folder: string): void {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'model.onnx'), unknownKernel());
  writeFileSync(path.join(folder, 'MLmodel'), flavors('onnx', 'model.onnx'));
}

/** BitShift of two uint16 tensors. */
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
