/** A verification finds what was damaged on purpose: the intact model stands for the reference. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scorer } from '../../contract/scorer.ts';
import { xgboostReader } from '../../flavors/xgboost/index.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { drawTable } from './draw-requests.ts';
import { ScorerVerifier, type Verification } from './scorer-verifier.ts';
import { SeededNumbers } from './seeded-numbers.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Recording {
  readonly class: string;
  readonly file: string;
}

/** Parts of XGBoost's JSON that the damages touch. */
interface BoosterJson {
  learner: {
    gradient_booster: {
      model: {
        tree_info: number[];
        trees: { split_conditions: number[]; left_children: number[]; default_left: number[] }[];
      };
    };
  };
}

function recordingOf(name: string): Recording {
  const url = new URL(`../../../test/fixtures/xgboost/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Recording;
}

function save(bytes: Uint8Array, modelClass: string): SavedModel {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-verify-'));
  folders.push(directory);
  writeFileSync(path.join(directory, 'model.any'), bytes);
  const flavor = { data: 'model.any', model_class: `xgboost.sklearn.${modelClass}` };
  const config =
    modelClass === 'Booster' ? { ...flavor, model_class: 'xgboost.core.Booster' } : flavor;
  return {
    directory,
    uri: directory,
    flavors: new Map([['xgboost', config]]),
    signature: null,
  } as unknown as SavedModel;
}

async function verify(name: string, damage: (bytes: Buffer) => Buffer): Promise<Verification> {
  const { class: modelClass, file } = recordingOf(name);
  const bytes = Buffer.from(file, 'base64');
  const intact = save(bytes, modelClass);
  const damaged = save(damage(bytes), modelClass);
  const reference: Scorer = await xgboostReader.open(intact, { threads: 0 });
  const native: Scorer = await xgboostReader.open(damaged, { threads: 0 });
  const decisions = (await xgboostReader.decisionValues?.(intact)) ?? [];
  const verifier = new ScorerVerifier({ native, reference, signature: null, tolerance: 0 });
  const knowledge = { schema: null, decisions, known: new Map() };
  const table = drawTable(new SeededNumbers(1), knowledge, 100);
  if (table === null) throw new Error('nothing was drawn');
  await verifier.verifyTable(table);
  await Promise.all([native.close(), reference.close()]);
  return verifier.verification;
}

function editJson(edit: (model: BoosterJson['learner']['gradient_booster']['model']) => void) {
  return (bytes: Buffer): Buffer => {
    const document = JSON.parse(bytes.toString()) as BoosterJson;
    edit(document.learner.gradient_booster.model);
    return Buffer.from(JSON.stringify(document));
  };
}

/** First number of the first list of categories, whose elements are big-endian after `[$l#L` and a length of 8 bytes. */
function changeCategory(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const key = copy.indexOf('categories[$l#L', 0, 'latin1') + 'categories[$l#L'.length;
  for (let at = key; at > 14; at = copy.indexOf('categories[$l#L', at, 'latin1') + 15) {
    if (copy.readBigInt64BE(at) > 0n) {
      copy.writeInt32BE(copy.readInt32BE(at + 8) + 1, at + 8);
      return copy;
    }
  }
  throw new Error('the model has no categories');
}

describe('a verification', () => {
  it('finds nothing where nothing is damaged', async () => {
    const found = await verify('missing', (bytes) => bytes);
    expect(found).toMatchObject({ differing: 0, ulps: 0, first: null });
    expect(found.rows).toBeGreaterThan(100);
  });

  it('finds a damaged leaf', async () => {
    const damage = editJson(({ trees }) => {
      const [tree] = trees;
      const leaf = tree?.left_children.indexOf(-1) ?? 0;
      tree!.split_conditions[leaf]! *= 1.001;
    });
    expect(await verify('missing', damage)).toMatchObject({ first: { row: expect.any(Number) } });
  });

  it('finds a threshold that moved by one ulp', async () => {
    const damage = editJson(({ trees }) => {
      const conditions = trees[0]!.split_conditions;
      const bits = new Int32Array(Float32Array.of(conditions[0]!).buffer);
      bits[0]! += 1;
      conditions[0] = new Float32Array(bits.buffer)[0]!;
    });
    expect((await verify('missing', damage)).differing).toBeGreaterThan(0);
  });

  it('finds a default direction that was turned', async () => {
    const damage = editJson(({ trees }) => {
      trees[0]!.default_left[0] = 1 - trees[0]!.default_left[0]!;
    });
    expect((await verify('missing', damage)).differing).toBeGreaterThan(0);
  });

  it('finds a category set with another category', async () => {
    expect((await verify('categories', changeCategory)).differing).toBeGreaterThan(0);
  });

  it('finds classes in another order', async () => {
    const damage = editJson((model) => {
      model.tree_info = model.tree_info.map((of) => (of === 0 ? 1 : of === 1 ? 0 : of));
    });
    expect((await verify('classifier-multi', damage)).differing).toBeGreaterThan(0);
  });
});
