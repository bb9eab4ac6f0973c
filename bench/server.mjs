// MLflow, Slipway and a bare node:http server on the same model, taking turns; prints ratios with min, median, max.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadLeanly } from './lean-load.mjs';
import { residentMegabytes, startServer, stopServer } from './measured-server.mjs';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { writeBodies } from './request-bodies.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const scenarios = [1, 1000].flatMap((rows) =>
  [1, 16, 64].map((connections) => ({ rows, connections })),
);

export async function runBench({ json, quick }) {
  const reference = referenceEnvironment();
  const { model, csv } = benchModel(reference);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const bodies = writeBodies(csv, folder);
  const rounds = quick ? 1 : 5;
  const results = { ready: [], memory: [], load: scenarios.map((s) => ({ ...s, runs: [] })) };
  for (let round = 0; round < rounds; round++)
    await measureRound(commands(reference, model), bodies, results, quick);
  rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify(results, null, 2));
  else printResults(results);
}

function commands(reference, model) {
  return {
    mlflow: (port) => [
      path.join(reference, 'bin/mlflow'),
      'models',
      'serve',
      '-m',
      model,
      '-p',
      String(port),
      '--env-manager',
      'local',
    ],
    slipway: (port) => [
      path.join(projectRoot, 'dist/cli/main.js'),
      'serve',
      '-m',
      model,
      '-p',
      String(port),
    ],
    bare: (port) => [
      process.execPath,
      path.join(projectRoot, 'bench/bare-server.mjs'),
      String(port),
    ],
  };
}

async function measureRound(all, bodies, results, quick) {
  const servers = [];
  for (const [name, command] of Object.entries(all))
    servers.push(await startServer(name, withPath(command, name)));
  results.ready.push(byName(servers, (s) => s.readyMs));
  for (const scenario of results.load) {
    const run = {};
    for (const server of servers) {
      const seconds = quick ? 1 : 3;
      run[server.name] = await loadLeanly(server, {
        ...scenario,
        seconds,
        bodyFile: bodies[scenario.rows],
      });
    }
    scenario.runs.push(run);
  }
  results.memory.push(byName(servers, (s) => residentMegabytes(s.pid)));
  for (const server of servers) await stopServer(server);
}

/** MLflow finds uvicorn on PATH. */
function withPath(command, name) {
  if (name !== 'mlflow') return command;
  return (port) => {
    const [file, ...args] = command(port);
    return ['env', `PATH=${path.dirname(file)}:${process.env.PATH}`, file, ...args];
  };
}

function byName(servers, measure) {
  return Object.fromEntries(servers.map((server) => [server.name, measure(server)]));
}

function printResults({ ready, memory, load }) {
  printTable(
    ['', 'mlflow', 'slipway', 'bare', 'mlflow ÷ slipway'],
    [figureRow('ready after, ms', ready), figureRow('memory after load, MB', memory)],
  );
  console.log();
  printTable(
    [
      'rows × connections',
      'mlflow req/s',
      'slipway req/s',
      'bare req/s',
      'slipway ÷ mlflow',
      'slipway ÷ bare',
      'slipway p50, p99 ms',
      'mlflow p50, p99 ms',
    ],
    load.map(({ rows, connections, runs }) => loadRow(`${rows} × ${connections}`, runs)),
  );
}

function figureRow(title, runs) {
  const cells = ['mlflow', 'slipway', 'bare'].map((name) =>
    formatSummary(summarize(runs.map((run) => run[name]))),
  );
  return [title, ...cells, formatSummary(summarize(runs.map((run) => run.mlflow / run.slipway)))];
}

function loadRow(title, runs) {
  const rate = (name) => formatSummary(summarize(runs.map((run) => run[name].requestsPerSecond)));
  const ratio = (other) =>
    formatSummary(
      summarize(runs.map((run) => run.slipway.requestsPerSecond / run[other].requestsPerSecond)),
    );
  const latency = (name) =>
    ['p50Ms', 'p99Ms']
      .map((key) => summarize(runs.map((run) => run[name][key])).median.toFixed(2))
      .join(', ');
  return [
    title,
    rate('mlflow'),
    rate('slipway'),
    rate('bare'),
    ratio('mlflow'),
    ratio('bare'),
    latency('slipway'),
    latency('mlflow'),
  ];
}
