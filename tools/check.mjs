// npm run check: everything that must hold before a commit, quickest first, in under a minute on two cores.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, root } from './ensure-built.mjs';

ensureBuilt();

const steps = [
  { title: 'format', tool: 'oxfmt', args: ['--check', '.'] },
  { title: 'lint', tool: 'oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  { title: 'types', tool: 'tsc', args: ['-p', 'tsconfig.json'] },
  {
    title: 'unit tests',
    tool: 'vitest',
    args: ['run', 'src', 'test/architecture', '--reporter=dot'],
  },
  { title: 'unused code', tool: 'knip', args: [] },
  { title: 'package', tool: 'publint', args: ['--strict'] },
];

let failed = 0;
for (const { title, tool, args } of steps) {
  const started = performance.now();
  const { code, output } = await runStep(tool, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(code === 0 ? 'ok  ' : 'FAIL', `${title} (${seconds} s)`);
  if (code !== 0) {
    failed++;
    console.error(output.trimEnd());
  }
}
process.exit(failed === 0 ? 0 : 1);

function runStep(tool, args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(root, 'node_modules', '.bin', tool), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}
