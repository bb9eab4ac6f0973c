// npm run bench -- images: how big the image of the bundled example is, how long both ways of building take, and how long
// it takes until its container answers and until it has stopped. Needs root on Debian or Ubuntu (tools/containers/setup.sh).
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { root } from '../tools/ensure-built.mjs';

const model = path.join(root, 'examples/diabetes/model');
const scripts = path.join(root, 'tools/containers');
const mebibyte = 2 ** 20;

/** Prints the figures; with `json` as one object. */
export async function runBench({ json = false, quick = false } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-bench-'));
  try {
    execFileSync('bash', [path.join(scripts, 'setup.sh'), folder], { stdio: ['ignore', 2, 2] });
    const environment = environmentOf(path.join(folder, 'env'));
    const image = `${environment.REGISTRY}/bench:1`;
    const build = buildImage(folder, image, environment);
    const own = ownBuilds(folder, environment, quick ? 3 : 9);
    const starts = [];
    for (let run = 0; run < (quick ? 3 : 9); run++)
      starts.push(await startAndStop(image, environment));
    const figures = {
      ...build,
      ownBuildAndPushMs: spread(own),
      ...sizesOf(image, environment),
      readyMs: spread(starts.map(({ readyMs }) => readyMs)),
      stopMs: spread(starts.map(({ stopMs }) => stopMs)),
      exitCodes: [...new Set(starts.map(({ code }) => code))],
    };
    if (json) console.log(JSON.stringify(figures));
    else console.table(figures);
  } finally {
    spawnSync('bash', [path.join(scripts, 'remove.sh'), folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function environmentOf(file) {
  const pairs = readFileSync(file, 'utf8').matchAll(/^export (\w+)=(.*)$/gm);
  return {
    ...process.env,
    ...Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value])),
  };
}

function buildImage(folder, image, env) {
  const directory = path.join(folder, 'tmp', 'image');
  const main = path.join(root, 'dist/cli/main.js');
  const run = (program, args) =>
    execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
  run('buildah', ['pull', '-q', 'node:22-slim']);
  const began = performance.now();
  run(process.execPath, [main, 'generate-dockerfile', '-m', model, '-d', directory]);
  const generated = performance.now();
  run('buildah', ['bud', '-q', '--layers', '-t', image, directory]);
  const built = performance.now();
  run('buildah', ['push', '-q', image]);
  return {
    generateMs: Math.round(generated - began),
    buildMs: Math.round(built - generated),
    pushMs: Math.round(performance.now() - built),
  };
}

/** Our own builder: image built and pushed to a repository of its own, the base in its cache since the first. */
function ownBuilds(folder, environment, count) {
  const env = { ...environment, SLIPWAY_CACHE: path.join(folder, 'cache') };
  const base = `${environment.REGISTRY}/library/node:22-slim`;
  const times = [];
  for (let run = -1; run < count; run++) {
    const name = `${environment.REGISTRY}/own-${run + 1}:1`;
    const args = ['build-docker', '-m', model, '-n', name, '--base-image', base];
    const began = performance.now();
    execFileSync(process.execPath, [path.join(root, 'dist/cli/main.js'), ...args], {
      env,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    if (run >= 0) times.push(performance.now() - began);
  }
  return times;
}

/** Compressed, as the registry has them. */
function sizesOf(image, env) {
  const text = execFileSync(
    'skopeo',
    ['inspect', '--raw', '--tls-verify=false', `docker://${image}`],
    {
      env,
      encoding: 'utf8',
    },
  );
  const { layers } = JSON.parse(text);
  const inMebibytes = (list) =>
    Number((list.reduce((sum, { size }) => sum + size, 0) / mebibyte).toFixed(2));
  return { imageMiB: inMebibytes(layers), ownLayersMiB: inMebibytes(layers.slice(1)) };
}

/** From the start of the container's process, as podman notes it, to the first answer; from SIGTERM to its end. */
async function startAndStop(image, env) {
  const name = `bench-${process.pid}-${Math.round(performance.now())}`;
  const child = spawn(
    'podman',
    [
      'run',
      '--rm',
      `--name=${name}`,
      '--read-only',
      '--cap-drop=all',
      '-e',
      'HOST=127.0.0.1',
      '-e',
      'PORT=0',
      image,
    ],
    { env, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const closed = once(child, 'close');
  const url = await new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (line) => {
      const found = /http:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  await fetch(`${url}/ping`);
  const answered = Date.now();
  const state = (format) =>
    execFileSync('podman', ['inspect', '--format', format, name], { env, encoding: 'utf8' }).trim();
  const started = Number(state('{{.State.StartedAt.UnixMilli}}'));
  // SIGTERM straight to the process, so that podman's own work is not counted.
  const pid = Number(state('{{.State.Pid}}'));
  const told = performance.now();
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 2));
  const stopMs = Math.round(performance.now() - told);
  const [code] = await closed;
  return { readyMs: answered - started, stopMs, code };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** `least–most, median` */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[0]}–${sorted.at(-1)}, ${sorted[Math.floor(sorted.length / 2)]}`;
}
