/** The command in MLServer's place: started with nothing but the variables that KServe's runtime for MLServer sets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { loadGrpc } from '../../src/server/grpc/load-grpc.ts';
import { projectRoot } from '../architecture/source-files.ts';

const main = path.join(projectRoot, 'dist/cli/main.js');
const model = path.join(projectRoot, 'examples/diabetes/model');

/** kserve config/runtimes/kserve-mlserver.yaml and SetMlServerDefaults, with free ports and another folder. */
const kserve = {
  MLSERVER_MODEL_IMPLEMENTATION: 'mlserver_mlflow.MLflowRuntime',
  MLSERVER_HTTP_PORT: '0',
  MLSERVER_GRPC_PORT: '0',
  MLSERVER_MODEL_NAME: 'diabetes',
  MLSERVER_MODEL_URI: model,
};

let child: ChildProcess | null = null;

afterEach(async () => {
  if (child === null || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
});

/** First line of stdout; rejects with stderr where there is none. */
async function start(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables };
  child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(stderr);
}

async function readiness(port: number): Promise<boolean> {
  const { library, definitions } = loadGrpc();
  const { ModelReady } = definitions['inference.GRPCInferenceService'] as never as {
    ModelReady: {
      path: string;
      requestSerialize: (message: object) => Buffer;
      responseDeserialize: (bytes: Buffer) => { ready: boolean };
    };
  };
  const { path: method, requestSerialize, responseDeserialize } = ModelReady;
  const client = new library.Client(`127.0.0.1:${port}`, library.credentials.createInsecure());
  const answer = await new Promise<{ ready: boolean } | undefined>((resolve, reject) => {
    client.makeUnaryRequest(
      method,
      requestSerialize,
      responseDeserialize,
      { name: 'diabetes' },
      (error, response) => (error === null ? resolve(response) : reject(error)),
    );
  });
  client.close();
  return answer?.ready === true;
}

describe("in MLServer's place", () => {
  it.each([
    ['the command', ['serve', '--json']],
    ['an image', ['container', 'serve', '--json']],
  ])('%s answers REST and gRPC under the name that it was given', async (_what, args) => {
    const line = await start(args, kserve);
    const ready = JSON.parse(line) as { host: string; port: number; grpcPort: number };
    expect(ready).toMatchObject({ event: 'ready', host: '0.0.0.0', modelUri: model });
    const rest = await fetch(`http://127.0.0.1:${ready.port}/v2/models/diabetes/ready`);
    expect(rest.status).toBe(200);
    expect(await readiness(ready.grpcPort)).toBe(true);
    const metrics = await fetch(`http://127.0.0.1:${ready.port}/metrics`);
    expect(await metrics.text()).toContain('model_infer_request_success_total{model="diabetes"');
    const ended = once(child!, 'exit');
    child!.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('wants a model where nothing says one', async () => {
    await expect(start(['serve'], { MLSERVER_HTTP_PORT: '0' })).rejects.toThrow(
      "Missing option '--model-uri' / '-m'.",
    );
  });

  it('says which port is taken', async () => {
    const line = await start(['serve', '--json'], kserve);
    const { grpcPort } = JSON.parse(line) as { grpcPort: number };
    const first = child;
    const second = start(['serve', '-m', model, '-p', '0', '--grpc-port', String(grpcPort)], {});
    await expect(second).rejects.toThrow(
      `Port ${grpcPort} on 127.0.0.1 is taken by another process; choose another with --grpc-port (0 takes a free one). [PORT_IN_USE]`,
    );
    child = first;
  });
});
