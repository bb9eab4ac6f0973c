// LightGBM, CatBoost and ONNX: each scorer against its own library on one thread, and served against MLflow; taking turns.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadLeanly } from './lean-load.mjs';
import { startServer, stopServer } from './measured-server.mjs';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { writeBodies } from './request-bodies.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const featureCount = 10;
/** Saved models below the folder of the bench → flavor. `onnx` is a forest; of those beside it our own code runs what is quicker so. */
const flavorOf = {
  lightgbm: 'lightgbm',
  catboost: 'catboost',
  onnx: 'onnx',
  'onnx-linear': 'onnx',
  'onnx-network': 'onnx',
  'onnx-logistic': 'onnx',
  'onnx-forest-classifier': 'onnx',
};
/** Who is measured beside each flavor; the peers stand in an environment of their own (SLIPWAY_PEERS). */
const libraries = {
  lightgbm: ['lightgbm', 'lleaves'],
  catboost: ['catboost'],
  onnx: ['onnx', 'session.run'],
};
const cases = [
  { rows: 1, calls: 300 },
  { rows: 1000, calls: 20 },
  { rows: 100_000, calls: 2 },
];

/** @param only the one model to measure; all of them by default */
export async function runBench({ json, quick, only }) {
  const reference = referenceEnvironment();
  const { csv } = benchModel(reference);
  const models = flavorModels(reference);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const rowsFile = writeRows(csv, folder);
  const results = { kernels: [], served: [] };
  for (const [name, flavor] of Object.entries(flavorOf)) {
    if (only !== undefined && only !== name) continue;
    const measured = { name, flavor, model: path.join(models, name), reference, quick };
    results.kernels.push(...(await measureScorer({ ...measured, rowsFile })));
    results.served.push(...(await measureServed({ ...measured, csv, folder })));
  }
  rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify(results, null, 2));
  else print(results);
}

function flavorModels(reference) {
  const folder = path.join(projectRoot, '.cache/bench/flavors');
  const names = Object.keys(flavorOf);
  if (!names.every((name) => existsSync(path.join(folder, name, 'MLmodel')))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const script = path.join(projectRoot, 'bench/train-flavor-models.py');
    execFileSync(path.join(reference, 'bin/python'), [script, folder], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
  }
  return folder;
}

/** 100,000 rows near those of the CSV file. */
function writeRows(csv, folder) {
  const lines = readFileSync(csv, 'utf8').trim().split('\n').slice(1);
  const data = lines.map((line) => line.split(',').map(Number));
  const rows = new Float64Array(100_000 * featureCount);
  for (let at = 0; at < rows.length; at++) {
    const row = data[Math.floor(at / featureCount) % data.length];
    rows[at] = row[at % featureCount] + Math.sin(at) * 1e-3;
  }
  const file = path.join(folder, 'rows.f64');
  writeFileSync(file, new Uint8Array(rows.buffer));
  return file;
}

async function measureScorer({ name, flavor, model, reference, rowsFile, quick }) {
  const scorer = await openScorer(flavor, model);
  const rows = new Float64Array(readFileSync(rowsFile).buffer);
  const others = await startLibraries(flavor, reference, model, rowsFile);
  const results = [];
  for (const { rows: count, calls } of cases) {
    const turns = { slipway: [], ...Object.fromEntries(others.map((other) => [other.name, []])) };
    for (let turn = 0; turn < (quick ? 3 : 7); turn++) {
      turns.slipway.push(await timeScorer(scorer, inputOf(flavor, rows, count), calls));
      for (const other of others) turns[other.name].push(await other.time(count, calls));
    }
    results.push({ name, rows: count, turns });
  }
  for (const other of others) other.end();
  await scorer.close();
  return results;
}

async function openScorer(flavor, folder) {
  const load = (file) => import(path.join(projectRoot, 'dist', file));
  const { readSavedModel } = await load('model/read-saved-model.js');
  const reader = (await load(`flavors/${flavor}/index.js`))[`${flavor}Reader`];
  return reader.open(await readSavedModel(folder, folder), { threads: 1 });
}

/** As the server would hand it over after enforcement: columns of float64, or a float32 tensor. */
function inputOf(flavor, rows, count) {
  if (flavor === 'onnx') {
    const values = Float32Array.from(rows.subarray(0, count * featureCount));
    return { kind: 'array', shape: [count, featureCount], data: { dtype: 'float32', values } };
  }
  const names = ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'];
  const columns = names.map((label, column) => ({
    label,
    data: {
      dtype: 'float64',
      values: Float64Array.from({ length: count }, (_, row) => rows[row * featureCount + column]),
    },
  }));
  return { kind: 'frame', columns, rowCount: count };
}

/** Microseconds of the fastest call of a turn and of the median one. */
async function timeScorer(scorer, input, calls) {
  const signal = new AbortController().signal;
  const times = [];
  for (let call = 0; call < calls; call++) {
    const started = performance.now();
    await scorer.predict(input, null, signal);
    times.push((performance.now() - started) * 1000);
  }
  return summarize(times).median;
}

async function startLibraries(flavor, reference, model, rowsFile) {
  const started = [];
  for (const name of libraries[flavor]) {
    const environment = name === 'lleaves' ? peersEnvironment() : reference;
    if (name === 'session.run') started.push(await openSession(model, rowsFile));
    else if (environment !== null)
      started.push(await startLibrary(name, environment, model, rowsFile));
  }
  return started;
}

function peersEnvironment() {
  const beside = path.join(path.dirname(referenceEnvironment()), 'peers');
  const folder = process.env.SLIPWAY_PEERS ?? beside;
  return existsSync(path.join(folder, 'bin/python')) ? folder : null;
}

async function startLibrary(name, environment, model, rowsFile) {
  const script = path.join(projectRoot, 'bench/flavor-reference.py');
  const child = spawn(path.join(environment, 'bin/python'), [script, name, model, rowsFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value);
  await nextLine();
  return {
    name,
    async time(rows, calls) {
      child.stdin.write(`${rows} ${calls}\n`);
      return summarize((await nextLine()).map((seconds) => seconds * 1e6)).median;
    },
    end: () => child.stdin.end(),
  };
}

/** onnxruntime-node alone: the tensor is made beforehand, and the outputs are not looked at. */
async function openSession(model, rowsFile) {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const options = { intraOpNumThreads: 1 };
  const session = await InferenceSession.create(path.join(model, 'model.onnx'), options);
  // A ZipMap ends a graph with maps, which onnxruntime-node can't return.
  const fetches = session.outputMetadata.filter(({ isTensor }) => isTensor);
  const names = fetches.map(({ name }) => name);
  const all = Float32Array.from(new Float64Array(readFileSync(rowsFile).buffer));
  return {
    name: 'session.run',
    async time(rows, calls) {
      const values = all.slice(0, rows * featureCount);
      const feeds = { [session.inputNames[0]]: new Tensor(values, [rows, featureCount]) };
      const times = [];
      for (let call = 0; call < calls; call++) {
        const started = performance.now();
        await session.run(feeds, names);
        times.push((performance.now() - started) * 1000);
      }
      return summarize(times).median;
    },
    end: () => session.release(),
  };
}

async function measureServed({ name: label, flavor, model, reference, csv, folder, quick }) {
  const bodies = flavor === 'onnx' ? writeTensorBodies(csv, folder) : writeBodies(csv, folder);
  const environment = ['env', `PATH=${path.join(reference, 'bin')}:${process.env.PATH}`];
  const options = ['-m', model, '--env-manager', 'local', '-p'];
  const commands = {
    mlflow: (port) => [...environment, 'mlflow', 'models', 'serve', ...options, String(port)],
    slipway: (port) => [
      path.join(projectRoot, 'dist/cli/main.js'),
      'serve',
      '--runtime',
      'native',
      ...options,
      String(port),
    ],
  };
  const results = [1, 1000].map((rows) => ({ name: label, rows, runs: [] }));
  // One server at a time: MLflow goes on with what its clients have left, on the cores of the next.
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const [name, command] of Object.entries(commands)) {
      const server = await startServer(name, command);
      for (const { rows, runs } of results) {
        const load = { connections: 16, seconds: quick ? 1 : 3, bodyFile: bodies[rows] };
        await loadLeanly(server, { ...load, seconds: 1 });
        (runs[round] ??= {})[name] = (await loadLeanly(server, load)).requestsPerSecond;
      }
      await stopServer(server);
    }
  }
  return results;
}

function writeTensorBodies(csv, folder) {
  const lines = readFileSync(csv, 'utf8').trim().split('\n').slice(1);
  const data = lines.map((line) => line.split(',').map(Number));
  return Object.fromEntries(
    [1, 1000].map((rows) => {
      const file = path.join(folder, `tensor-${rows}.json`);
      writeFileSync(file, JSON.stringify({ inputs: data.slice(0, rows) }));
      return [rows, file];
    }),
  );
}

function print({ kernels, served }) {
  const ratios = (left, right) => summarize(left.map((value, turn) => value / right[turn]));
  printTable(
    ['model × rows', 'slipway µs a call', 'other', 'other µs a call', 'other ÷ slipway'],
    kernels.flatMap(({ name, rows, turns: { slipway, ...others } }) =>
      Object.entries(others).map(([other, times]) => [
        `${name} × ${rows.toLocaleString('en-US')}`,
        formatSummary(summarize(slipway)),
        other,
        formatSummary(summarize(times)),
        formatSummary(ratios(times, slipway)),
      ]),
    ),
  );
  console.log();
  printTable(
    ['served × rows, 16 connections', 'mlflow req/s', 'slipway req/s', 'slipway ÷ mlflow'],
    served.map(({ name, rows, runs }) => [
      `${name} × ${rows}`,
      ...['mlflow', 'slipway'].map((server) =>
        formatSummary(summarize(runs.map((run) => run[server]))),
      ),
      formatSummary(
        ratios(
          runs.map((run) => run.slipway),
          runs.map((run) => run.mlflow),
        ),
      ),
    ]),
  );
}
