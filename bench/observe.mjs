// What seeing costs: a server that shows nothing beside one with metrics, ids and an access log, in pairs that fare alike.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadLeanly } from './lean-load.mjs';
import { processorSeconds, startServer, stopServer } from './measured-server.mjs';
import { projectRoot } from './reference.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const model = path.join(projectRoot, 'examples/diabetes/model');

const nothing = ['--no-metrics', '--no-request-ids'];

/** Flags of the servers that are compared with one that shows nothing. */
function variants(folder) {
  const log = (name) => ['--access-log', path.join(folder, `${name}.log`)];
  return {
    'nothing again': nothing,
    metrics: ['--no-request-ids'],
    'metrics, ids': [],
    'metrics, ids, log': log('log'),
    'the same, Server-Timing': ['--server-timing', ...log('timing')],
  };
}

export async function runBench({ json, quick }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const bodyFile = path.join(folder, 'one-row.json');
  writeFileSync(bodyFile, oneRow());
  const all = Object.entries(variants(folder));
  const results = all.map(([name]) => ({ name, rates: [], ratios: [], microseconds: [] }));
  try {
    for (let round = 0; round < (quick ? 4 : 9); round++)
      for (const [at, [, flags]] of all.entries())
        await measurePair(
          flags,
          { seconds: 1, bodyFile, turns: quick ? 2 : 4, round },
          results[at],
        );
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (json) console.log(JSON.stringify(results, null, 2));
  else print(results);
}

/**
 * Two new processes that take turns: one process may be a tenth faster than another of the same command for as long as it
 * runs, and one that has rested is slower than one that has not.
 */
async function measurePair(flags, { turns, round, ...load }, { rates, ratios, microseconds }) {
  const pair = [];
  const isTurned = round % 2 === 1;
  try {
    for (const own of isTurned ? [flags, nothing] : [nothing, flags])
      pair.push(await startServer(own.join(' '), (port) => commandOf(port, own)));
    const [plain, seeing] = isTurned ? pair.toReversed() : pair;
    for (const server of [...pair, ...pair]) await measure(server, load);
    let [without, withIt] = [0, 0];
    for (let turn = 0; turn < turns; turn++) {
      const order = turn % 2 === 0 ? [plain, seeing] : [seeing, plain];
      for (const server of order) {
        const { rate, cost } = await measure(server, load);
        if (server === plain) {
          without += rate;
        } else {
          withIt += rate;
          rates.push(rate);
          microseconds.push(cost);
        }
      }
    }
    ratios.push(withIt / without);
  } finally {
    for (const server of pair) await stopServer(server);
  }
}

function oneRow() {
  const { dataframe_split: table } = JSON.parse(
    readFileSync(path.join(model, 'serving_input_example.json'), 'utf8'),
  );
  return JSON.stringify({ dataframe_split: { ...table, data: table.data.slice(0, 1) } });
}

function commandOf(port, flags) {
  const main = path.join(projectRoot, 'dist/cli/main.js');
  return [main, 'serve', '-m', model, '-p', String(port), ...flags];
}

async function measure(server, { seconds, bodyFile }) {
  const before = processorSeconds(server.pid);
  const load = { connections: 16, seconds, bodyFile };
  const { requestsPerSecond: rate, failures } = await loadLeanly(server, load);
  if (failures > 0) throw new Error(`${server.name}: ${failures} requests failed`);
  const spent = processorSeconds(server.pid) - before;
  return { rate, cost: (spent * 1e6) / (rate * seconds) };
}

function print(results) {
  printTable(
    ['1 row × 16 connections', 'req/s', 'ratio to nothing', 'processor µs a request'],
    results.map(({ name, rates, ratios, microseconds }) => [
      name,
      formatSummary(summarize(rates)),
      formatSummary(summarize(ratios)),
      formatSummary(summarize(microseconds)),
    ]),
  );
}
