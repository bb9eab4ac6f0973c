/** Model folders made of recordings that the project keeps. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../architecture/source-files.ts';

const fixtures = path.join(projectRoot, 'test/fixtures');

function flavors(id: string, data: string): string {
  return [
    'flavors:',
    `  ${id}:`,
    `    data: ${data}`,
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
