// `predict -t csv` on 500,000 rows: MLflow's whole command and ours in turn; same bytes out, time and resident memory.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchModel, projectRoot, referenceEnvironment } from './reference.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

export async function runBench({ json, quick }) {
  const reference = referenceEnvironment();
  const { model, csv } = benchModel(reference);
  const rowCount = quick ? 50_000 : 500_000;
  const input = await writeRows(csv, rowCount);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  const runs = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    const mlflow = await runCommand([
      path.join(reference, 'bin/mlflow'),
      'models',
      'predict',
      '--env-manager',
      'local',
      ...files(model, input, folder, 'mlflow'),
    ]);
    const slipway = await runCommand([
      path.join(projectRoot, 'dist/cli/main.js'),
      'predict',
      ...files(model, input, folder, 'slipway'),
    ]);
    runs.push({ mlflow, slipway, same: hashOf(folder, 'mlflow') === hashOf(folder, 'slipway') });
  }
  rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify({ rowCount, runs }, null, 2));
  else printResults(rowCount, runs);
}

function files(model, input, folder, name) {
  return ['-m', model, '-t', 'csv', '-i', input, '-o', path.join(folder, name)];
}

/** Repeats the rows of the bench with other last digits, 17 digits a number. */
async function writeRows(csv, rowCount) {
  const file = path.join(projectRoot, `.cache/bench/rows-${rowCount}.csv`);
  if (existsSync(file)) return file;
  const [head, ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
  const out = createWriteStream(file);
  out.write(`${head}\n`);
  for (let start = 0; start < rowCount; start += lines.length) {
    const block = lines.slice(0, rowCount - start).join('\n');
    if (!out.write(`${block}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  }
  await new Promise((resolve) => out.end(resolve));
  return file;
}

/** Seconds and peak resident megabytes of a whole command. */
function runCommand(command) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'ignore'] });
    let peakMegabytes = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
        peakMegabytes = Math.max(
          peakMegabytes,
          Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
        );
      } catch {
        // it has just ended
      }
    }, 10);
    child.on('close', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, peakMegabytes });
      else reject(new Error(`${command.join(' ')} ended with ${code}`));
    });
  });
}

function hashOf(folder, name) {
  return createHash('sha256')
    .update(readFileSync(path.join(folder, name)))
    .digest('hex');
}

function printResults(rowCount, runs) {
  const column = (name, key) => formatSummary(summarize(runs.map((run) => run[name][key])));
  printTable(
    [
      `predict -t csv, ${rowCount.toLocaleString('en-US')} rows`,
      'mlflow',
      'slipway',
      'mlflow ÷ slipway',
    ],
    [
      [
        'seconds',
        column('mlflow', 'seconds'),
        column('slipway', 'seconds'),
        formatSummary(summarize(runs.map((r) => r.mlflow.seconds / r.slipway.seconds))),
      ],
      [
        'peak resident MB',
        column('mlflow', 'peakMegabytes'),
        column('slipway', 'peakMegabytes'),
        formatSummary(summarize(runs.map((r) => r.mlflow.peakMegabytes / r.slipway.peakMegabytes))),
      ],
    ],
  );
  console.log(runs.every((run) => run.same) ? 'same bytes out' : 'THE OUTPUTS DIFFER');
}
