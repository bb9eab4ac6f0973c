// Installs and builds when what stands there is older than its sources. Shared by start, test and check:
// with `ignore-scripts` npm runs no `pre…` script that could do it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const stampFile = path.join(root, 'dist', '.build-stamp');

/** Runs a command in the project's root; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs a tool of node_modules/.bin. */
export function runTool(name, args, options) {
  run(process.execPath, [toolPath(name), ...args], options);
}

function toolPath(name) {
  const manifest = JSON.parse(
    readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
  );
  const bin =
    typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[toolBinary[name] ?? name];
  return path.join(root, 'node_modules', name, bin);
}

const toolBinary = { typescript: 'tsc', assemblyscript: 'asc' };

/** `npm ci` when node_modules does not fit the lock file. */
export function ensureInstalled() {
  const lock = path.join(root, 'package-lock.json');
  const stamp = path.join(root, 'node_modules', '.slipway-lock');
  const wanted = hashOf([lock]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  run(process.execPath, [
    '-e',
    'require("fs").writeFileSync(process.argv[1], process.argv[2])',
    stamp,
    wanted,
  ]);
}

/** Hash of everything the build reads. */
export function sourceHash() {
  const files = ['src', 'kernels', 'tools']
    .flatMap((folder) => filesBelow(path.join(root, folder)))
    .filter(
      (file) =>
        !file.includes('.generated.') && !file.endsWith('.test.ts') && !file.endsWith('.py'),
    )
    .concat(
      ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((f) =>
        path.join(root, f),
      ),
    );
  return hashOf(files.toSorted((a, b) => (a < b ? -1 : 1)));
}

/** Installs, then builds when a source has changed since the last build. */
export function ensureBuilt() {
  ensureInstalled();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourceHash()) return;
  run(process.execPath, [path.join(root, 'tools', 'build.mjs')], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}
