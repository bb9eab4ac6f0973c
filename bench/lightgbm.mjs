// LightGBM's own predict, lleaves (where SLIPWAY_PEERS names an environment with it) and our reader: one thread each, taking
// turns in one run; answers must be the same bits.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot, referenceEnvironment } from './reference.mjs';
import { formatSummary, printTable, short, summarize } from './statistics.mjs';

/** Rows of a call → calls of a turn. */
const cases = [
  { rows: 1, calls: 400 },
  { rows: 1000, calls: 10 },
  { rows: 100_000, calls: 1 },
];
const featureCount = 10;

/** Runs the bench; returns its rows too. */
export async function runBench({ json = false, quick = false } = {}) {
  const folder = path.join(projectRoot, '.cache/bench');
  mkdirSync(folder, { recursive: true });
  const reference = await startReference(folder);
  const source = await openModel(path.join(folder, 'lightgbm.txt'));
  const results = [];
  for (const kind of ['full', 'missing']) {
    for (const { rows, calls } of cases) {
      const turns = quick ? 3 : 7;
      results.push(await measure({ reference, source, folder, kind, rows, calls, turns }));
    }
  }
  reference.end();
  await source.close();
  if (json) console.log(JSON.stringify({ lightgbm: reference.version, results }, null, 2));
  else print(results, reference);
  return results;
}

/** The Python process: `time(peer, kind, rows, calls)` → microseconds of each call. */
async function startReference(folder) {
  const environment = process.env.SLIPWAY_PEERS ?? referenceEnvironment();
  const script = path.join(projectRoot, 'bench/lightgbm-reference.py');
  const child = spawn(path.join(environment, 'bin/python'), [script, folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value);
  const { version, peers } = await nextLine();
  return {
    version,
    peers,
    async time(peer, kind, rows, calls) {
      child.stdin.write(`${peer} ${kind} ${rows} ${calls}\n`);
      return (await nextLine()).map((seconds) => seconds * 1e6);
    },
    end: () => child.stdin.end(),
  };
}

async function openModel(file) {
  const built = path.join(projectRoot, 'dist/flavors/lightgbm');
  if (!existsSync(built)) throw new Error('Not built: run npm run build first.');
  const { openLightgbmText } = await import(path.join(built, 'load-booster.js'));
  const { openScoreSource } = await import(path.join(built, 'score-source.js'));
  return openScoreSource(openLightgbmText(readFileSync(file)), 0);
}

async function measure({ reference, source, folder, kind, rows, calls, turns }) {
  const bytes = readFileSync(path.join(folder, `lightgbm-${kind}.f64`));
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, rows * featureCount);
  const fill = (buffer, first, count) =>
    buffer.set(values.subarray(first * featureCount, (first + count) * featureCount));
  const { signal } = new AbortController();
  const score = () => source.scores({ rowCount: rows, fill, signal });
  for (let call = 0; call < Math.max(2, calls); call++) await score();
  const times = Object.fromEntries([...reference.peers, 'slipway'].map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const peer of reference.peers.toReversed()) {
      times[peer].push(...(await reference.time(peer, kind, rows, calls)));
    }
    for (let call = 0; call < calls; call++) {
      const start = performance.now();
      await score();
      times.slipway.push((performance.now() - start) * 1000);
    }
  }
  // LightGBM was the last to answer.
  const expected = readFileSync(path.join(folder, 'lightgbm-answer.f64'));
  if (!Buffer.from((await score()).buffer).equals(expected)) {
    throw new Error(`${rows} rows (${kind}): the answers differ from LightGBM's.`);
  }
  const perRow = Object.entries(times).map(([name, list]) => [
    name,
    summarize(list.map((microseconds) => microseconds / rows)),
  ]);
  return { kind, rows, ...Object.fromEntries(perRow) };
}

function print(results, { peers, version }) {
  printTable(
    [
      'values',
      'rows',
      ...peers.map((peer) => `${peer}, µs a row`),
      'Slipway, µs a row',
      'ratios of medians',
    ],
    results.map((result) => [
      result.kind === 'full' ? 'all present' : '10 % missing',
      result.rows.toLocaleString('en-US'),
      ...peers.map((peer) => formatSummary(result[peer])),
      formatSummary(result.slipway),
      peers.map((peer) => `${short(result[peer].median / result.slipway.median)}×`).join(', '),
    ]),
  );
  console.log(`LightGBM ${version}`);
}
