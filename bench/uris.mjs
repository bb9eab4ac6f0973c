// Fetching: a model of 200 small files from a real tracking server's artifact proxy (MLflow's client beside it), and a
// file of 100 MB from moto's S3 (boto3 beside it). Whole commands, and the fetch alone in a process that runs already.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot, referenceEnvironment } from './reference.mjs';
import { formatSummary, printTable, summarize } from './statistics.mjs';

const script = path.join(projectRoot, 'bench/fetch-reference.py');
const slipway = path.join(projectRoot, 'dist/cli/main.js');
const variables = {
  ...process.env,
  MLFLOW_DISABLE_TELEMETRY: 'true',
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
  AWS_ACCESS_KEY_ID: 'AKID',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

export async function runBench({ json, quick }) {
  const rounds = quick ? 2 : 7;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  try {
    makeModel(path.join(folder, 'artifacts/m'));
    const proxy = [
      ...(await benchProxy(folder, rounds, 4)), // what `mlflow server` starts by default
      ...(await benchProxy(folder, rounds, 1)),
    ];
    const s3 = await benchS3(folder, rounds);
    if (json) console.log(JSON.stringify({ proxy, s3 }, null, 2));
    else print([...proxy, ...s3]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeModel(model) {
  cpSync(path.join(projectRoot, 'examples/diabetes/model'), model, { recursive: true });
  mkdirSync(path.join(model, 'extra'));
  for (let index = 0; index < 200; index++) {
    writeFileSync(path.join(model, 'extra', `${index}.txt`), 'x'.repeat(2000));
  }
}

async function benchProxy(folder, rounds, workers) {
  const reference = referenceEnvironment();
  const python = path.join(reference, 'bin/python');
  const server = await start(python, (port) => [
    '-m',
    'mlflow',
    ...`server --host 127.0.0.1 --port ${port} --workers ${workers}`.split(' '),
    '--backend-store-uri',
    `sqlite:///${path.join(folder, 'mlflow.db')}`,
    '--artifacts-destination',
    path.join(folder, 'artifacts'),
  ]);
  const env = { ...variables, MLFLOW_TRACKING_URI: server.url };
  const uri = 'mlflow-artifacts:/m';
  try {
    const commands = [];
    for (let round = 0; round < rounds; round++) {
      const target = mkdtempSync(path.join(folder, 'downloaded-'));
      const mlflow = [path.join(reference, 'bin/mlflow'), 'artifacts', 'download', '-u', uri];
      commands.push({
        theirs: timeCommand([...mlflow, '-d', target], env),
        ours: timeCommand([process.execPath, slipway, 'inspect', '-m', uri, '--no-cache'], env),
      });
    }
    const theirs = timeInside(python, ['artifacts', uri, String(rounds)], env);
    const before = processorSeconds(server.pid);
    const inside = pairs(theirs, await timeOurs(uri, rounds, env));
    const busy = (processorSeconds(server.pid) - before) / (rounds + 1);
    const what = `200 small files, server of ${workers === 1 ? '1 worker' : `${workers} workers`}`;
    const than = 'mlflow artifacts download';
    return [
      { what: `${what}, whole command`, than, runs: commands },
      { what: `${what}, fetch alone`, than: 'mlflow.artifacts', runs: inside, busy },
    ];
  } finally {
    await server.stop();
  }
}

async function benchS3(folder, rounds) {
  const setup = path.join(projectRoot, 'tools/reference/setup.sh');
  const emulators = execFileSync('bash', [setup, 'emulators'], { encoding: 'utf8' }).trim();
  const server = await start(path.join(emulators, 'bin/moto_server'), (port) => [
    '-H',
    '127.0.0.1',
    '-p',
    String(port),
  ]);
  try {
    const put = (name, body) => fetch(`${server.url}/bucket${name}`, { method: 'PUT', body });
    await put('', '');
    await put('/m/MLmodel', 'flavors: {}\n');
    await put('/m/big.bin', Buffer.alloc(100_000_000, 'slipway'));
    const env = { ...variables, MLFLOW_S3_ENDPOINT_URL: server.url, HOME: folder };
    const python = path.join(emulators, 'bin/python');
    const theirs = timeInside(python, ['s3', server.url, String(rounds)], env);
    const ours = await timeOurs('s3://bucket/m', rounds, env);
    return [{ what: '100 MB from S3, fetch alone', than: 'boto3', runs: pairs(theirs, ours) }];
  } finally {
    await server.stop();
  }
}

function timeCommand(command, env) {
  const started = performance.now();
  const { status, stderr } = spawnSync(command[0], command.slice(1), { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

function timeInside(python, args, env) {
  const options = { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  return JSON.parse(
    execFileSync(python, [script, ...args], options)
      .trim()
      .split('\n')
      .at(-1),
  );
}

/** In this process, as a server would that reloads its model. */
async function timeOurs(uri, rounds, environment) {
  const { resolveModelUri } = await import('../dist/uri/resolve-model-uri.js');
  const seconds = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const directory = await resolveModelUri(uri, { environment, noCache: true });
    if (round > 0) seconds.push((performance.now() - started) / 1000);
    rmSync(directory, { recursive: true });
  }
  return seconds;
}

function pairs(theirs, ours) {
  return theirs.map((seconds, index) => ({ theirs: seconds, ours: ours[index] }));
}

async function start(program, argsOf) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = { env: variables, stdio: 'ignore', detached: true };
  const child = spawn(program, argsOf(port), options);
  while ((await fetch(url).catch(() => null)) === null) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await sleep(100);
  }
  const stop = () =>
    new Promise((resolve) => {
      child.once('close', resolve);
      process.kill(-child.pid, 'SIGTERM');
    });
  return { url, stop, pid: child.pid };
}

/** Of a process and those that it started. Linux counts in hundredths. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  const started = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const own = (Number(fields[11]) + Number(fields[12])) / 100;
  return started.reduce((sum, each) => sum + processorSeconds(each), own);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function print(results) {
  const column = (runs, pick) => formatSummary(summarize(runs.map((run) => pick(run))));
  printTable(
    [
      'fetching',
      'than',
      'theirs, seconds',
      'ours, seconds',
      'theirs ÷ ours',
      "server's processors in ours, seconds",
    ],
    results.map(({ what, than, runs, busy }) => [
      what,
      than,
      column(runs, (run) => run.theirs),
      column(runs, (run) => run.ours),
      column(runs, (run) => run.theirs / run.ours),
      busy === undefined ? '' : busy.toFixed(2),
    ]),
  );
}
