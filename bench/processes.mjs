// One serving process against two on a model that costs more than a millisecond a request, taking turns in short slices. The load
// generator shares the cores, so what it takes of them is shown, and the most that the second process could have got.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadServer, startServer, stopServer } from './measured-server.mjs';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { writeBodies } from './request-bodies.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const trees = 5000;
const rows = 300;

export async function runBench({ json, quick }) {
  const { model, csv } = benchModel(referenceEnvironment(), trees);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const { [rows]: bodyFile } = writeBodies(csv, folder, [rows]);
  const servers = { one: await start(model, 1), two: await start(model, 2) };
  const results = [4, 16, 64].map((connections) => ({ connections, runs: [] }));
  for (let round = 0; round < (quick ? 2 : 8); round++) {
    for (const { connections, runs } of results) {
      const run = {};
      for (const [name, server] of Object.entries(servers)) {
        run[name] = await loadServer(server, { connections, seconds: 1, bodyFile });
        if (run[name].failures > 0) throw new Error(`${run[name].failures} requests failed`);
      }
      runs.push(run);
    }
  }
  for (const server of Object.values(servers)) await stopServer(server);
  rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify(results, null, 2));
  else printResults(results);
}

function start(model, workers) {
  return startServer(String(workers), (port) => [
    path.join(projectRoot, 'dist/cli/main.js'),
    'serve',
    '-m',
    model,
    '-p',
    String(port),
    '--workers',
    String(workers),
  ]);
}

function printResults(results) {
  printTable(
    [
      'connections',
      'one process req/s',
      'two processes req/s',
      'two ÷ one',
      'generator, cores (one, two)',
      'two ÷ one that the cores allow',
    ],
    results.map(({ connections, runs }) => [
      String(connections),
      formatSummary(summarize(runs.map(({ one }) => one.requestsPerSecond))),
      formatSummary(summarize(runs.map(({ two }) => two.requestsPerSecond))),
      formatSummary(
        summarize(runs.map(({ one, two }) => two.requestsPerSecond / one.requestsPerSecond)),
      ),
      ['one', 'two']
        .map((name) => summarize(runs.map((run) => run[name].cores)).median.toFixed(2))
        .join(', '),
      summarize(runs.map(({ two }) => os.availableParallelism() - two.cores)).median.toFixed(2),
    ]),
  );
}
