/** Verification of saved models against the real libraries; and that it is remembered. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { verifyModel } from '../../src/backend/verify-model.ts';
import { verifyOnce } from '../../src/backend/verify-once.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';

const script = path.join(projectRoot, 'tools/reference/random-models.py');

/** A Python whose XGBoost answers something else, whatever the objective: labels change too. */
const otherLibrary = `
import numpy, xgboost
def shifted(predict):
    return lambda *a, **k: numpy.float32(-1) - predict(*a, **k)
for name in ("predict", "inplace_predict"):
    setattr(xgboost.Booster, name, shifted(getattr(xgboost.Booster, name)))
`;

const optionsFor = (python: string, extraEnvironment: Readonly<Record<string, string>> = {}) =>
  resolveBackendOptions({ environment: { envManager: 'local', python, extraEnvironment } });

function answersTables(model: string): boolean {
  if (!existsSync(`${model}.json`)) return false;
  const { calls } = JSON.parse(readFileSync(`${model}.json`, 'utf8')) as {
    readonly calls: readonly { readonly input: object | null; readonly answer?: unknown }[];
  };
  const tables = calls.filter(({ input }) => input !== null && 'frame' in input);
  return tables.filter(({ answer }) => answer !== undefined).length > tables.length / 2;
}

describe.skipIf(referencePython === null)('verification (needs the reference Python)', () => {
  const python = referencePython ?? '';
  const rows = { rows: 60 };
  let folder: string;
  /** Trains a few models; gives the first that answered most of its recorded tables. */
  const make = (library: string): string => {
    const numbers = ['500', '8', folder, '--library', library];
    const { status, stderr } = spawnSync(python, [script, ...numbers], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const names = Array.from({ length: 8 }, (_, number) => `${library}-500-${number}`);
    const found = names.map((name) => path.join(folder, name)).find(answersTables);
    if (found === undefined) throw new Error(`no ${library} model that takes tables`);
    return found;
  };
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-verify-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['xgboost', 'lightgbm', 'catboost', 'onnx'])(
    'finds a native %s model equal',
    async (library) => {
      const found = await verifyModel(make(library), optionsFor(python), rows);
      expect(found).toMatchObject({ differing: 0, first: null });
      expect(found.rows).toBeGreaterThanOrEqual(60);
      expect(found.values).toBeGreaterThan(0);
    },
    120_000,
  );

  it('is remembered for the same files, and only where it found nothing', async () => {
    const model = make('xgboost');
    const cache = path.join(folder, 'cache');
    const changed = path.join(folder, 'changed');
    mkdirSync(changed);
    writeFileSync(path.join(changed, 'sitecustomize.py'), otherLibrary);
    const once = (variables = {}) => verifyOnce(model, optionsFor(python, variables), rows, cache);
    const failing = await once({ PYTHONPATH: changed });
    expect(failing).toMatchObject({ rememberedSince: null, file: null });
    expect(failing.verification.differing).toBeGreaterThan(0);
    expect(await once()).toMatchObject({ rememberedSince: null, verification: { differing: 0 } });
    const again = await once({ PYTHONPATH: changed });
    expect(again.rememberedSince).not.toBeNull();
    expect(readdirSync(cache)).toHaveLength(1);
    appendFileSync(path.join(model, 'MLmodel'), '\n');
    expect(await once()).toMatchObject({ rememberedSince: null });
    expect(readdirSync(cache)).toHaveLength(2);
  }, 240_000);
});
