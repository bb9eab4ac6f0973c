#!/usr/bin/env node
// Stands in for conda, which cannot be had from PyPI or npm: writes down its arguments and does the little that
// the commands of src/env/conda-command.ts promise. STAND_IN_CONDA is its folder, STAND_IN_PYTHON a Python.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const home = process.env.STAND_IN_CONDA;
const envs = path.join(home, 'envs');
mkdirSync(envs, { recursive: true });
const args = process.argv.slice(2);
appendFileSync(path.join(home, 'log'), `${path.basename(process.argv[1])} ${args.join(' ')}\n`);
const after = (name) => args[args.indexOf(name) + 1];

if (args.includes('list')) {
  console.log(JSON.stringify({ envs: readdirSync(envs).map((name) => path.join(envs, name)) }));
} else if (args.includes('create')) {
  const prefix = path.join(envs, after('-n'));
  execFileSync(process.env.STAND_IN_PYTHON, ['-m', 'venv', '--without-pip', prefix]);
  install(prefix, 'tiny_pkg', '1.0');
} else if (args[0] === 'install') {
  for (const one of args.slice(4)) install(path.join(envs, after('-n')), ...one.split('='));
} else if (args[0] === 'remove') {
  rmSync(path.join(envs, after('--name')), { recursive: true, force: true });
}

function install(prefix, name, version) {
  const lib = path.join(prefix, 'lib');
  const python = readdirSync(lib).find((entry) => entry.startsWith('python'));
  const packages = path.join(lib, python, 'site-packages');
  for (const entry of readdirSync(packages)) {
    if (entry.startsWith(`${name}-`)) rmSync(path.join(packages, entry), { recursive: true });
  }
  const info = path.join(packages, `${name}-${version}.dist-info`);
  mkdirSync(info);
  writeFileSync(
    path.join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  );
}
