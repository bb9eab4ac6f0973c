// Python models: MLflow against Slipway's workers, taking turns on the same machine; prints ratios with min, median, max.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadLeanly } from './lean-load.mjs';
import { startServer, stopServer } from './measured-server.mjs';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { writeBodies } from './request-bodies.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const scenarios = [
  { model: 'linear', rows: 1 },
  { model: 'linear', rows: 1000 },
  { model: 'sleeper', rows: 1 },
];
const connections = 16;

export async function runBench({ json, quick }) {
  const reference = referenceEnvironment();
  const { csv } = benchModel(reference);
  const models = pythonModels(reference);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const bodies = writeBodies(csv, folder);
  const results = scenarios.map((scenario) => ({ ...scenario, runs: [] }));
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    for (const scenario of results) {
      scenario.runs.push(await measure(reference, models, scenario, bodies, quick ? 1 : 3));
    }
  }
  rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify(results, null, 2));
  else printResults(results);
}

/** Trained once. */
function pythonModels(reference) {
  const folder = path.join(projectRoot, '.cache/bench/python');
  if (!existsSync(path.join(folder, 'sleeper', 'MLmodel'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const script = path.join(projectRoot, 'bench/train-python-models.py');
    execFileSync(path.join(reference, 'bin/python'), [script, folder], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
  }
  return folder;
}

/** One server at a time: workers of two would share the cores. */
async function measure(reference, models, { model, rows }, bodies, seconds) {
  const result = {};
  for (const [name, command] of Object.entries(commands(reference, path.join(models, model)))) {
    const server = await startServer(name, command);
    const load = { connections, seconds, bodyFile: bodies[rows] };
    await loadLeanly(server, { ...load, seconds: 1 });
    const { requestsPerSecond, p50Ms, p99Ms, failures } = await loadLeanly(server, load);
    result[name] = { readyMs: server.readyMs, requestsPerSecond, p50Ms, p99Ms, failures };
    await stopServer(server);
  }
  return result;
}

function commands(reference, model) {
  const bin = path.join(reference, 'bin');
  const environment = ['env', `PATH=${bin}:${process.env.PATH}`];
  const slipway = [...environment, path.join(projectRoot, 'dist/cli/main.js'), 'serve'];
  const options = ['-m', model, '--env-manager', 'local'];
  return {
    mlflow: (port) => [...environment, 'mlflow', 'models', 'serve', ...options, '-p', String(port)],
    slipway: (port) => [...slipway, ...options, '--runtime', 'python', '-p', String(port)],
    unbatched: (port) => [
      ...slipway,
      ...options,
      '--runtime',
      'python',
      '--no-batching',
      '-p',
      String(port),
    ],
  };
}

function printResults(results) {
  const rate = (runs, name) =>
    formatSummary(summarize(runs.map((run) => run[name].requestsPerSecond)));
  const ratio = (runs, name) =>
    formatSummary(
      summarize(runs.map((run) => run[name].requestsPerSecond / run.mlflow.requestsPerSecond)),
    );
  printTable(
    [
      'model × rows',
      'mlflow req/s',
      'slipway req/s',
      'unbatched req/s',
      'slipway ÷ mlflow',
      'unbatched ÷ mlflow',
      'failures',
    ],
    results.map(({ model, rows, runs }) => [
      `${model} × ${rows}`,
      ...['mlflow', 'slipway', 'unbatched'].map((name) => rate(runs, name)),
      ...['slipway', 'unbatched'].map((name) => ratio(runs, name)),
      String(runs.reduce((sum, run) => sum + run.slipway.failures + run.unbatched.failures, 0)),
    ]),
  );
  const ready = results.flatMap(({ runs }) => runs);
  console.log();
  printTable(
    ['', 'mlflow', 'slipway', 'mlflow ÷ slipway'],
    [
      [
        'ready after, ms',
        ...['mlflow', 'slipway'].map((name) =>
          formatSummary(summarize(ready.map((run) => run[name].readyMs))),
        ),
        formatSummary(summarize(ready.map((run) => run.mlflow.readyMs / run.slipway.readyMs))),
      ],
    ],
  );
}
