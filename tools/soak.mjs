// npm run soak: the fuzz, soak and random model tests at their full length (minutes), which npm test runs shortened.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, root } from './ensure-built.mjs';

ensureBuilt();
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    'fuzz',
    'soak',
    'reloading',
    'mutated',
    'random-models',
    'misbehaving',
    'mlflow-commands',
    'basic-auth',
    '--testTimeout=600000',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      SLIPWAY_FUZZ_RUNS: process.env.SLIPWAY_FUZZ_RUNS ?? '5000',
      SLIPWAY_FUZZ_REQUESTS: process.env.SLIPWAY_FUZZ_REQUESTS ?? '20000',
      SLIPWAY_RANDOM_SEEDS: process.env.SLIPWAY_RANDOM_SEEDS ?? '10',
      SLIPWAY_SOAK_SECONDS: process.env.SLIPWAY_SOAK_SECONDS ?? '60',
      SLIPWAY_OPERATIONS_SECONDS: process.env.SLIPWAY_OPERATIONS_SECONDS ?? '60',
      SLIPWAY_SERVER_SOAK_SECONDS: process.env.SLIPWAY_SERVER_SOAK_SECONDS ?? '1200',
    },
  },
);
process.exit(result.status ?? 1);
