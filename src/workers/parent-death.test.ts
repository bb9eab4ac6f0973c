/** However the process that has a pool ends, nothing of the pool is left: hung workers and forked children included. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../../test/architecture/source-files.ts';
import { FixturePools, until, workerScript } from '../../test/workers/fixture-pool.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-workers-'));
const bundle = path.join(folder, 'pool.mjs');
const marked = new FixturePools();

beforeAll(async () => {
  const input = path.join(projectRoot, 'src/workers/worker-pool.ts');
  const build = await rolldown({ input, platform: 'node' });
  await build.write({ file: bundle });
  await build.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each(['exit', 'throw', 'SIGTERM', 'SIGKILL'])('leaves nothing after %s', async (ending) => {
  const script = path.join(projectRoot, 'test/fixtures/workers/parent.mjs');
  const parent = spawn(process.execPath, [script, bundle, workerScript, ending], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], SLIPWAY_TEST_MARK: marked.mark },
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const exit = once(parent, 'exit');
  await once(parent.stdout, 'data');
  if (ending.startsWith('SIG')) {
    // Itself, two workers, a forked child, the guard.
    expect(marked.processes()).toHaveLength(5);
    parent.kill(ending as NodeJS.Signals);
  }
  await exit;
  await until(() => marked.processes().length === 0, 'all of it has ended');
});
