// One serving process against two on a model that costs more than a millisecond a request, taking turns in short slices. The load
// generator shares the cores, so what it takes of them is shown, and what the ratio were without. Where other programs took more
// than a tenth of a core, the run was not quiet and says little.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadLeanly } from './lean-load.mjs';
import {
  machineSeconds,
  processorSeconds,
  processTree,
  startServer,
  stopServer,
} from './measured-server.mjs';
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
        run[name] = await measure(server, { connections, seconds: 1, bodyFile });
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

/** Also what the processes of the server took of the cores, the supervisor first, and what everybody else did. */
async function measure(server, load) {
  const tree = processTree(server.pid);
  const spent = () => tree.map(processorSeconds);
  const [before, machineBefore, startedMs] = [spent(), machineSeconds(), performance.now()];
  const result = await loadLeanly(server, load);
  const seconds = (performance.now() - startedMs) / 1000;
  const processes = spent().map((now, at) => (now - before[at]) / seconds);
  const all = (machineSeconds() - machineBefore) / seconds;
  const others = Math.max(0, all - result.cores - processes.reduce((sum, n) => sum + n, 0));
  return { ...result, processes, others };
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

const medianOf = (runs, value) => summarize(runs.map(value)).median;

function printResults(results) {
  const generators = new Set(results.flatMap(({ runs }) => runs.map(({ two }) => two.generator)));
  printTable(
    [
      `connections (${[...generators].join()})`,
      'one process req/s',
      'two processes req/s',
      'two ÷ one',
      'cores of the generator (one, two)',
      'two ÷ one without it',
      'cores of the process; of the supervisor, the two',
      'cores of other programs',
    ],
    results.map(({ connections, runs }) => [
      String(connections),
      formatSummary(summarize(runs.map(({ one }) => one.requestsPerSecond))),
      formatSummary(summarize(runs.map(({ two }) => two.requestsPerSecond))),
      formatSummary(summarize(runs.map(ratioOf))),
      ['one', 'two'].map((name) => medianOf(runs, (run) => run[name].cores).toFixed(2)).join(', '),
      formatSummary(summarize(runs.map(ratioWithoutGenerator))),
      ['one', 'two'].map((name) => processesOf(runs, name)).join('; '),
      formatSummary(summarize(runs.flatMap(({ one, two }) => [one.others, two.others]))),
    ]),
  );
}

function ratioOf({ one, two }) {
  return two.requestsPerSecond / one.requestsPerSecond;
}

/** One process leaves a core to the generator; two are without what it takes. */
function ratioWithoutGenerator(run) {
  const cores = os.availableParallelism();
  return (ratioOf(run) * cores) / (cores - run.two.cores);
}

function processesOf(runs, name) {
  return runs[0][name].processes
    .map((_, at) => medianOf(runs, (run) => run[name].processes[at]).toFixed(2))
    .join(', ');
}
