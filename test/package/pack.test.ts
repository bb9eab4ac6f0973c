/** The package as a stranger gets it: packed, installed in an empty folder, run and imported. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const model = path.join(projectRoot, 'examples/diabetes/model');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-pack-'));
  const packed = execFileSync(npm, ['pack', '--json', '--pack-destination', folder], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  writeFileSync(path.join(folder, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts', `./${filename}`], {
    cwd: folder,
    stdio: 'ignore',
  });
}, 240_000);

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

describe('the installed package', () => {
  it('predicts with its own command', () => {
    const output = execFileSync(
      path.join(folder, 'node_modules/.bin/slipway'),
      ['predict', '-m', model, '-i', path.join(model, 'serving_input_example.json')],
      { cwd: folder, encoding: 'utf8' },
    );
    const { predictions } = JSON.parse(output) as { predictions: unknown[] };
    expect(predictions.length).toBeGreaterThan(0);
  });

  it('serves with its own command', async () => {
    const bin = path.join(folder, 'node_modules/.bin/slipway');
    const child = spawn(bin, ['serve', '-m', model, '-p', '0', '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8'))),
    );
    const { url } = JSON.parse(line.split('\n')[0] ?? '') as { url: string };
    const answer = await fetch(`${url}/ping`);
    expect([answer.status, await answer.text()]).toEqual([200, '\n']);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it('validates images that others made', () => {
    writeFileSync(path.join(folder, 'bad.tar'), Buffer.alloc(1024));
    const program = `
      import { isSlipwayError, readImage, validateImage } from 'slipway';
      const refused = await readImage('bad.tar').then(validateImage).catch((error) => error);
      console.log(isSlipwayError(refused, 'IMAGE_INVALID') || isSlipwayError(refused, 'IMAGE_NOT_FOUND'));
    `;
    writeFileSync(path.join(folder, 'validate.mjs'), program);
    const output = execFileSync(process.execPath, ['validate.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('true');
  });

  it('is a library', () => {
    const program = `
      import { loadModel, getFlavorBackend } from 'slipway';
      const model = await loadModel(${JSON.stringify(model)});
      const example = JSON.parse(
        (await import('node:fs')).readFileSync(${JSON.stringify(path.join(model, 'serving_input_example.json'))}, 'utf8'));
      const { columns, data } = example.dataframe_split;
      const rows = data.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value])));
      const predictions = await model.predict(rows);
      const backend = await getFlavorBackend(${JSON.stringify(model)});
      console.log(predictions.length === rows.length, await backend.canScoreModel(), await backend.canBuildImage());
      await model.close();
    `;
    writeFileSync(path.join(folder, 'program.mjs'), program);
    const output = execFileSync(process.execPath, ['program.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('true true true');
  });
});
