/**
 * Random models of the real libraries, trained now, against MLflow's answers: to the last bit or within the stated
 * tolerance. Needs the reference Python. SLIPWAY_RANDOM_SEEDS: how many seeds (default 1), or `from-to`;
 * SLIPWAY_RANDOM_MODELS: models of each seed and library (default 15); SLIPWAY_RANDOM_FOLDER: replay this folder alone,
 * for instance one that was kept because of a difference.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePython } from '../conformance/reference-python.ts';
import { type Replay, replayRandomModel } from './random-model-recording.ts';
import { seedsOf } from './seeds-of.ts';

const script = path.resolve(import.meta.dirname, '../../tools/reference/random-models.py');
const libraries = ['xgboost', 'lightgbm', 'catboost', 'onnx'] as const;
const modelCount = process.env['SLIPWAY_RANDOM_MODELS'] ?? '15';
const seeds = seedsOf(process.env['SLIPWAY_RANDOM_SEEDS'] ?? '1');
const table: Record<string, Record<string, number>> = {};

function train(library: string, seed: number, folder: string): readonly string[] {
  const options = [script, String(seed), modelCount, folder, '--library', library];
  const { status, stderr } = spawnSync(referencePython ?? '', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`random-models.py failed: ${stderr.slice(-2000)}`);
  return namesIn(folder);
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'skipped.json')
    .map((name) => name.slice(0, -'.json'.length));
}

function count(library: string, { needsPython, differences, ...calls }: Replay): void {
  const row = (table[library] ??= {
    native: 0,
    'needs Python': 0,
    equal: 0,
    'within tolerance': 0,
    'refused by both': 0,
    DIFFERENT: 0,
  });
  const add = (key: string, by: number): number => (row[key] = (row[key] ?? 0) + by);
  add(needsPython === null ? 'native' : 'needs Python', 1);
  add('equal', calls.equal);
  add('within tolerance', calls.within);
  add('refused by both', calls.refused);
  add('DIFFERENT', differences.length);
}

async function replayAll(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const name of names) {
    const replay = await replayRandomModel(folder, name);
    count(name.slice(0, name.indexOf('-')), replay);
    if (replay.needsPython !== null) console.info(`${name}: ${replay.needsPython}`);
    if (replay.differences.length === 0) continue;
    const settings = JSON.stringify(replay.settings);
    differences.push(`${name} ${settings}\n  ${replay.differences.slice(0, 4).join('\n  ')}`);
  }
  return differences;
}

const keptFolder = process.env['SLIPWAY_RANDOM_FOLDER'];

it.runIf(keptFolder !== undefined)('models of a kept folder', { timeout: 600_000 }, async () => {
  const folder = keptFolder ?? '';
  const differences = await replayAll(folder, namesIn(folder));
  console.table(table);
  expect(differences).toEqual([]);
});

const isSkipped = referencePython === null || keptFolder !== undefined;

describe.skipIf(isSkipped)('random models (needs the reference Python)', () => {
  const cases = libraries.flatMap((library) => seeds.map((seed) => ({ library, seed })));

  it.each(cases)('$library, seed $seed', { timeout: 300_000 }, async ({ library, seed }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-random-'));
    const names = train(library, seed, folder);
    const differences = await replayAll(folder, names);
    expect(names.length).toBeGreaterThan(Number(modelCount) / 2);
    expect(differences, `kept in ${folder}`).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('prints what was compared', () => {
    console.table(table);
  });
});
