/**
 * Random requests to random models, asked of MLflow's own scoring server now: the same answers, by the native runtime
 * where it takes the model, else by workers. Needs the reference Python. SLIPWAY_RANDOM_SEEDS: how many seeds (default 1),
 * or `from-to`; SLIPWAY_RANDOM_MODELS: models of each seed and kind (default 1); SLIPWAY_RANDOM_KINDS: which (default all);
 * SLIPWAY_RANDOM_REQUESTS: replay this folder alone, for instance one that was kept because of a difference.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Scorer } from '../../src/contract/scorer.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createNativeRuntime } from '../../src/runtimes/native.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { type CorpusModel, readCorpus } from '../conformance/corpus.ts';
import { referenceEnvironment, referencePython } from '../conformance/reference-python.ts';
import { replayCli } from '../conformance/replay-cli.ts';
import { replayModel } from '../conformance/replay.ts';
import { seedsOf } from './seeds-of.ts';

const script = path.resolve(import.meta.dirname, '../../tools/reference/random-requests.py');
const modelCount = process.env['SLIPWAY_RANDOM_MODELS'] ?? '1';
const kinds = process.env['SLIPWAY_RANDOM_KINDS']?.split(',') ?? [];
const keptFolder = process.env['SLIPWAY_RANDOM_REQUESTS'];
const seeds = seedsOf(process.env['SLIPWAY_RANDOM_SEEDS'] ?? '1');
const native = createNativeRuntime();
const python = createPythonRuntime();

function record(seed: number, folder: string): void {
  const chosen = kinds.flatMap((kind) => ['--kind', kind]);
  const options = [script, String(seed), modelCount, folder, '--requests', '25', ...chosen];
  const { status, stderr } = spawnSync(referencePython ?? '', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`random-requests.py failed: ${stderr.slice(-2000)}`);
}

async function open(model: SavedModel): Promise<Scorer> {
  const { canScore } = await native.assess(model);
  return canScore
    ? native.open(model, await native.prepare(model, {}))
    : python.open(model, referenceEnvironment(), { threads: 2 });
}

async function replay(recorded: CorpusModel): Promise<readonly string[]> {
  const outcomes = await replayModel(recorded, 'slipway', async (model) => ({
    scorer: await open(model),
    scores: true,
  }));
  const failed = outcomes.filter(({ verdict }) => verdict === 'failed');
  const problems = failed.map(({ id, reason }) => `${id}: ${reason}`);
  return [...problems, ...(await replayCli(recorded, open))];
}

async function replayAll(folder: string): Promise<readonly string[]> {
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const models = readCorpus(folder);
  expect(models.length).toBeGreaterThan(0);
  const problems: string[] = [];
  for (const recorded of models) problems.push(...(await replay(recorded)));
  vi.restoreAllMocks();
  return problems;
}

it.runIf(keptFolder !== undefined)('requests of a kept folder', { timeout: 900_000 }, async () => {
  expect(await replayAll(keptFolder ?? '')).toEqual([]);
});

const isSkipped = referencePython === null || keptFolder !== undefined;

describe.skipIf(isSkipped)('random requests (needs the reference Python)', () => {
  it.each(seeds)('seed %i', { timeout: 900_000 }, async (seed) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-requests-'));
    record(seed, folder);
    expect(await replayAll(folder), `kept in ${folder}`).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
