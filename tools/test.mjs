// npm test: installs and builds when stale, then runs every test; arguments go to vitest. With CI set, the Python
// environment with the real MLflow (2 GB), the emulators of artifact stores (600 MB) and the clients of the Open Inference
// Protocol (500 MB) are made too, once; elsewhere their tests are skipped where they are not there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, root, run } from './ensure-built.mjs';

ensureBuilt();
if (process.env.CI) {
  if (!process.env.SLIPWAY_REFERENCE) setUp('reference');
  if (!process.env.SLIPWAY_EMULATORS) setUp('emulators');
  if (!process.env.SLIPWAY_CLIENTS) setUp('clients');
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
let status = result.status ?? 1;
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  if (numPassedTests === 0) status = 1;
} catch (error) {
  console.error(`no test report: ${error.message}`);
  status = 1;
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);

function setUp(kind) {
  run('bash', [path.join(root, 'tools', 'reference', 'setup.sh'), kind], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
}
