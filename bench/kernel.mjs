// The tree kernel against XGBoost's inplace_predict, both on one thread, taking turns in one run; results must be the same bits.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { formatSummary, printTable, short, summarize } from './statistics.mjs';

/** Rows of a call → calls of a turn. */
const cases = [
  { rows: 1, calls: 400 },
  { rows: 1000, calls: 20 },
  { rows: 100_000, calls: 2 },
];

/** Runs the bench; returns its rows too. */
export async function runBench({ json = false, quick = false } = {}) {
  const environment = referenceEnvironment();
  const { model } = benchModel(environment);
  const folder = path.join(projectRoot, '.cache/bench');
  const reference = await startReference(environment, modelFile(model), folder);
  const kernel = await openKernel(path.join(folder, 'kernel-model.json'));
  const results = [];
  for (const kind of ['full', 'missing']) {
    for (const { rows, calls } of cases) {
      const turns = quick ? 3 : 9;
      results.push(await measure({ reference, kernel, folder, kind, rows, calls, turns }));
    }
  }
  reference.end();
  await kernel.close();
  if (json) console.log(JSON.stringify({ xgboost: reference.version, results }, null, 2));
  else print(results, reference.version);
  return results;
}

function modelFile(model) {
  const name = readdirSync(model).find((file) => /^model\.(ubj|json|xgb)$/.test(file));
  return path.join(model, name);
}

/** The Python process: `time(kind, rows, calls)` → microseconds of each call. */
async function startReference(environment, file, folder) {
  const script = path.join(projectRoot, 'bench/kernel-reference.py');
  const child = spawn(path.join(environment, 'bin/python'), [script, file, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value);
  const { version } = await nextLine();
  return {
    version,
    async time(kind, rows, calls) {
      child.stdin.write(`${kind} ${rows} ${calls}\n`);
      return (await nextLine()).map((seconds) => seconds * 1e6);
    },
    end: () => child.stdin.end(),
  };
}

async function openKernel(file) {
  const built = path.join(projectRoot, 'dist/trees/ensemble-kernel.js');
  if (!existsSync(built)) throw new Error('Not built: run npm run build first.');
  const { createEnsembleKernel } = await import(built);
  return createEnsembleKernel(readEnsemble(file), { threads: 0 });
}

/** An XGBoost model in JSON, one output and no categories, as an ensemble. */
function readEnsemble(file) {
  const { learner } = JSON.parse(readFileSync(file, 'utf8'));
  const trees = learner.gradient_booster.model.trees.map((tree) => ({
    leftChild: Int32Array.from(tree.left_children),
    rightChild: Int32Array.from(tree.right_children),
    feature: Int32Array.from(tree.split_indices),
    threshold: Float32Array.from(tree.split_conditions),
    defaultLeft: Uint8Array.from(tree.default_left),
    leafValue: Float32Array.from(tree.split_conditions),
    output: 0,
  }));
  const base = String(learner.learner_model_param.base_score).replaceAll(/[[\]]/g, '');
  return {
    thresholdType: 'float32',
    comparison: '<',
    sumType: 'float32',
    featureCount: Number(learner.learner_model_param.num_feature),
    outputCount: 1,
    baseScore: Float64Array.of(Math.fround(Number(base))),
    trees,
  };
}

async function measure({ reference, kernel, folder, kind, rows, calls, turns }) {
  const bytes = readFileSync(path.join(folder, `rows-${kind}.f32`));
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, rows * kernel.featureCount);
  const score = () => {
    kernel.rowBuffer(rows).set(values);
    return kernel.predict(rows);
  };
  for (let call = 0; call < Math.max(5, calls); call++) score();
  const theirs = [];
  const ours = [];
  for (let turn = 0; turn < turns; turn++) {
    theirs.push(...(await reference.time(kind, rows, calls)));
    for (let call = 0; call < calls; call++) {
      const start = performance.now();
      score();
      ours.push((performance.now() - start) * 1000);
    }
  }
  const expected = readFileSync(path.join(folder, 'margins.f32'));
  const sameBits = Buffer.from(score().buffer).equals(expected);
  if (!sameBits) throw new Error(`${rows} rows (${kind}): the margins differ from XGBoost's.`);
  const perRow = (list) => summarize(list.map((microseconds) => microseconds / rows));
  const [xgboost, slipway] = [perRow(theirs), perRow(ours)];
  const ratio = { min: xgboost.min / slipway.min, median: xgboost.median / slipway.median };
  return { kind, rows, xgboost, slipway, ratio, sameBits };
}

function print(results, version) {
  printTable(
    [
      'values',
      'rows',
      `XGBoost ${version}, µs a row`,
      'Slipway, µs a row',
      'ratio of medians',
      'of minima',
    ],
    results.map(({ kind, rows, xgboost, slipway, ratio }) => [
      kind === 'full' ? 'all present' : '10 % missing',
      rows.toLocaleString('en-US'),
      formatSummary(xgboost),
      formatSummary(slipway),
      `${short(ratio.median)}×`,
      `${short(ratio.min)}×`,
    ]),
  );
}
