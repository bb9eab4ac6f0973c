/** Real clients of both protocols ask one server that serves the example model, and get what `/invocations` answers. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { serveHere } from '../../src/backend/serve-here.ts';
import type { ServerAddress } from '../../src/contract/flavor-backend.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { clientsPython } from './clients-python.ts';

const model = path.join(projectRoot, 'examples/diabetes/model');
const stop = new AbortController();
let address: ServerAddress;
let ended: Promise<number>;

beforeAll(async () => {
  const serve = { port: 0, grpcPort: 0, host: '127.0.0.1', modelName: 'diabetes' };
  address = await new Promise((resolve, reject) => {
    ended = serveHere(model, serve, resolveBackendOptions({ runtime: 'native' }), {
      signal: stop.signal,
      onReady: (ready) => resolve(ready.address),
    });
    ended.catch(reject);
  });
});

afterAll(async () => {
  stop.abort();
  expect(await ended).toBe(0);
});

async function run(python: string | null, script: string): Promise<string> {
  const args = [path.join(import.meta.dirname, script), address.url];
  const grpc = `127.0.0.1:${address.grpcPort}`;
  const { stdout } = await promisify(execFile)(python!, [...args, grpc, 'diabetes'], {
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
  return stdout;
}

describe.skipIf(clientsPython === null)('clients (tools/reference/setup.sh clients)', () => {
  it.each([
    ['triton_http.py', 8],
    ['triton_grpc.py', 3],
    ['kserve_clients.py', 4],
    ['mlserver_client.py', 3],
  ])(
    '%s',
    async (script, answers) => {
      expect(await run(clientsPython, script)).toBe(`${answers} answers equal\n`);
    },
    120_000,
  );
});

describe.skipIf(referencePython === null)("MLflow's client (needs the reference Python)", () => {
  it('mlflow_client.py', async () => {
    expect(await run(referencePython, 'mlflow_client.py')).toBe('2 answers equal\n');
  }, 120_000);
});
