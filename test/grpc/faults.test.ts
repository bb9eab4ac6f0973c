/** Calls of gRPC while the server stops or its model changes, on the built command: none is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inferMessage as message, linkModel } from '../lifecycle/example-models.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { callSteadily } from './steady-calls.ts';

const low = '[89.09034729003906,169.91262817382812]';
const high = '[889.0903930664062,969.9120483398438]';

let folder: string;
let server: ServedProcess;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-grpc-'));
});

afterEach(async () => {
  await (server as ServedProcess | undefined)?.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...args: string[]): Promise<void> {
  const model = path.join(folder, 'model');
  linkModel(model, 'low');
  server = await startServing(['-m', model, '--runtime', 'native', '--grpc-port', '0', ...args]);
}

describe.each([1, 2])('calls of gRPC to %i processes', { timeout: 60_000 }, (workers) => {
  it('are not lost when the server stops', async () => {
    await serve('--workers', String(workers));
    const calls = callSteadily({ port: server.grpcPort, clients: 4, message, atOnce: 4 });
    await until(() => calls.count() > 200);
    server.child.kill('SIGTERM');
    await calls.ended;
    expect(calls.failures).toEqual([]);
    expect([...calls.answers.keys()]).toEqual([low]);
    expect([await server.ended, server.errors()]).toEqual([[0, null], '']);
  });

  it('are not lost when the model changes', async () => {
    await serve('--workers', String(workers), '--watch', '50ms');
    const calls = callSteadily({ port: server.grpcPort, clients: 4, message, atOnce: 4 });
    await until(() => calls.answers.has(low));
    linkModel(path.join(folder, 'model'), 'high');
    await until(() => calls.answers.has(high));
    linkModel(path.join(folder, 'model'), 'low');
    const before = calls.answers.get(low) ?? 0;
    await until(() => (calls.answers.get(low) ?? 0) > before + 50);
    calls.stop();
    await calls.ended;
    expect(calls.failures).toEqual([]);
    expect([...calls.answers.keys()].toSorted()).toEqual([high, low].toSorted());
  });
});
