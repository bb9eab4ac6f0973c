/** A real client of the Open Inference Protocol: tritonclient, where a Python has it (SLIPWAY_CLIENTS, or the one beside the reference). */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { serveHere } from '../../src/backend/serve-here.ts';
import { projectRoot } from '../architecture/source-files.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
const folder = process.env['SLIPWAY_CLIENTS'] ?? path.join(cache, 'slipway-reference', 'peers');
const python = path.join(folder, 'bin', 'python');
const script = path.join(import.meta.dirname, 'triton_http.py');
const model = path.join(projectRoot, 'examples/diabetes/model');

describe.skipIf(!existsSync(python))('tritonclient over HTTP (needs a Python with it)', () => {
  it('gets what /invocations answers, as JSON and binary', async () => {
    const stop = new AbortController();
    let printed = '';
    const serve = { port: 0, host: '127.0.0.1', modelName: 'diabetes' };
    const exitCode = await serveHere(model, serve, resolveBackendOptions({ runtime: 'native' }), {
      signal: stop.signal,
      onReady: ({ address }) => {
        promisify(execFile)(python, [script, address.url, 'diabetes'])
          .then(({ stdout }) => (printed = stdout))
          .catch((error: unknown) => (printed = String(error)))
          .finally(() => stop.abort());
      },
    });
    expect(exitCode).toBe(0);
    expect(printed).toBe('8 answers equal\n');
  }, 60_000);
});
