import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The tracking URI where none is set: `./mlruns` if it holds experiments, else `./mlflow.db`.
 * Source: MLflow 3.17.2 tracking/_tracking_service/utils.py `_get_default_tracking_uri`.
 */
export async function findDefaultStore(folder: string = process.cwd()): Promise<string> {
  const runs = path.join(folder, 'mlruns');
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || !/^\d+$/.test(entry.name)) continue;
    const meta = await stat(path.join(runs, entry.name, 'meta.yaml')).catch(() => null);
    if (meta !== null) return runs;
  }
  return `sqlite:///${path.join(folder, 'mlflow.db')}`;
}
