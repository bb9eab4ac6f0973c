// What seeing costs: one server that shows nothing against one with metrics, ids and an access log, taking turns on the same load.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadLeanly } from './lean-load.mjs';
import { processorSeconds, startServer, stopServer } from './measured-server.mjs';
import { projectRoot } from './reference.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const model = path.join(projectRoot, 'examples/diabetes/model');

/** Flags of the servers that are compared with the first. */
function variants(folder) {
  const log = (name) => ['--access-log', path.join(folder, `${name}.log`)];
  return {
    nothing: ['--no-metrics', '--no-request-ids'],
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
  const seconds = quick ? 1 : 2;
  try {
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      const servers = await startAll(turned(all, round));
      try {
        await measure(servers, { seconds: 2, bodyFile }, null);
        await measure(servers, { seconds, bodyFile }, results);
      } finally {
        for (const server of servers) await stopServer(server);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (json) console.log(JSON.stringify(results, null, 2));
  else print(results);
}

/** Each round has processes of its own: one may be a tenth faster than another of the same command for as long as it runs. */
async function startAll(all) {
  const servers = [];
  for (const [name, flags] of all)
    servers.push(await startServer(name, (port) => commandOf(port, flags)));
  return servers;
}

/** The first stays where it is, the others begin with another one each time. */
function turned([first, ...others], round) {
  const from = round % others.length;
  return [first, ...others.slice(from), ...others.slice(0, from)];
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

/** Each of the others between two runs of the first, whose mean it is compared with: the machine is never the same for long. */
async function measure([first, ...others], given, results) {
  const load = { connections: 16, ...given };
  const resultOf = ({ name }) => results?.find((result) => result.name === name);
  let before = await rateOf(first, load, resultOf(first));
  for (const server of others) {
    const rate = await rateOf(server, load, resultOf(server));
    const after = await rateOf(first, load, resultOf(first));
    resultOf(server)?.ratios.push(rate / ((before + after) / 2));
    before = after;
  }
}

async function rateOf(server, load, result) {
  const before = processorSeconds(server.pid);
  const { requestsPerSecond, failures } = await loadLeanly(server, load);
  if (failures > 0) throw new Error(`${server.name}: ${failures} requests failed`);
  const spent = processorSeconds(server.pid) - before;
  result?.rates.push(requestsPerSecond);
  result?.microseconds.push((spent * 1e6) / (requestsPerSecond * load.seconds));
  return requestsPerSecond;
}

function print(results) {
  printTable(
    ['1 row × 16 connections', 'req/s', 'ratio to nothing', 'processor µs a request'],
    results.map(({ name, rates, ratios, microseconds }) => [
      name,
      formatSummary(summarize(rates)),
      ratios.length === 0 ? '' : formatSummary(summarize(ratios)),
      formatSummary(summarize(microseconds)),
    ]),
  );
}
