// The Python environment with the real MLflow, and the model that every bench uses.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Folder of the environment: SLIPWAY_REFERENCE, or what tools/reference/setup.sh makes (2 GB, a minute). */
export function referenceEnvironment() {
  if (process.env.SLIPWAY_REFERENCE) return process.env.SLIPWAY_REFERENCE;
  const script = path.join(projectRoot, 'tools/reference/setup.sh');
  return execFileSync('bash', [script, 'reference'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/** Saved model of 500 trees (or more), depth 6, 10 features, trained once on the diabetes data; and its CSV rows. */
export function benchModel(reference, trees = 500) {
  const folder = path.join(projectRoot, '.cache/bench', trees === 500 ? '' : String(trees));
  const model = path.join(folder, 'model');
  if (!existsSync(path.join(model, 'MLmodel'))) {
    mkdirSync(folder, { recursive: true });
    execFileSync(
      path.join(reference, 'bin/python'),
      [path.join(projectRoot, 'bench/train-model.py'), folder, String(trees)],
      {
        stdio: ['ignore', process.stderr, process.stderr],
      },
    );
  }
  return { model, csv: path.join(folder, 'rows.csv') };
}
