import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command, Option } from 'commander';
import { type MlserverValues, withMlserverVariables } from './mlserver-variables.ts';
import { takesInteger } from './parse-value.ts';

/** The options of `serve` that the variables change; `MLFLOW_PORT` and `MLFLOW_HOST` are those of `mlflow`. */
function read(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  mlflow: { readonly port?: number; readonly host?: string } = {},
): MlserverValues {
  const command = new Command()
    .option('-m, --model-uri <URI>')
    .addOption(takesInteger(new Option('--port <INT>'), 0).default(5000))
    .option('--host <TEXT>', '', '127.0.0.1')
    .addOption(takesInteger(new Option('--grpc-port <INT>'), 0))
    .addOption(takesInteger(new Option('--workers <INT>'), 1).default(1))
    .option('--enable-mlserver')
    .option('--verbose')
    .option('--model-name <TEXT>')
    .option('--model-version <TEXT>')
    .option('--models <DIR>')
    .option('--model-control <MODE>', '', 'none')
    .parse(args, { from: 'user' });
  for (const [option, value] of Object.entries(mlflow)) {
    if (command.getOptionValueSource(option) === 'default')
      command.setOptionValueWithSource(option, value, 'env');
  }
  return withMlserverVariables(command.opts<MlserverValues>(), command, variables);
}

/** What KServe's runtime for MLServer sets. */
const kserve = {
  MLSERVER_MODEL_IMPLEMENTATION: 'mlserver_mlflow.MLflowRuntime',
  MLSERVER_HTTP_PORT: '8080',
  MLSERVER_GRPC_PORT: '9000',
  MLSERVER_MODEL_NAME: 'iris',
  MLSERVER_MODEL_URI: '/mnt/models',
};

describe("MLServer's files", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-mlserver-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, content: object): void =>
    writeFileSync(path.join(folder, name), JSON.stringify(content));

  it('win over the variables, and not over the command line', () => {
    put('settings.json', { http_port: 9999, grpc_port: 9998, parallel_workers: 0, debug: true });
    put('model-settings.json', { name: 'file', parameters: { version: '5' } });
    const variables = { ...kserve, MLSERVER_MODEL_URI: folder };
    expect(read([], variables)).toMatchObject({
      modelUri: folder,
      port: 9999,
      grpcPort: 9998,
      workers: 1,
      verbose: true,
      modelName: 'file',
      modelVersion: '5',
    });
    expect(read(['--port', '1', '--model-name', 'told'], variables)).toMatchObject({
      port: 1,
      modelName: 'told',
    });
  });

  it('say nothing of the server unless MLServer is meant', () => {
    put('settings.json', { http_port: 9999, host: '0.0.0.0' });
    expect(read(['-m', folder], {})).toMatchObject({ port: 5000, host: '127.0.0.1' });
    expect(read(['-m', folder, '--enable-mlserver'], {})).toMatchObject({
      port: 9999,
      host: '0.0.0.0',
    });
  });

  it('that cannot be read are told', () => {
    put('settings.json', { http_port: '8080' });
    expect(() => read(['-m', folder, '--enable-mlserver'], {})).toThrow(
      /settings\.json cannot be read: http_port: /,
    );
  });
});

describe('variables of MLServer', () => {
  it('of KServe make a server', () => {
    expect(read([], kserve)).toEqual({
      modelUri: '/mnt/models',
      host: '0.0.0.0',
      port: 8080,
      grpcPort: 9000,
      workers: 1,
      modelControl: 'none',
      enableMlserver: true,
    });
  });

  it('mean its defaults where only the model is told', () => {
    const model = 'examples/diabetes/model';
    expect(read([], { MLSERVER_MODELS_DIR: model })).toMatchObject({
      modelUri: model,
      host: '0.0.0.0',
      port: 8080,
      enableMlserver: true,
    });
    const implementation = { MLSERVER_MODEL_IMPLEMENTATION: 'x.Y' };
    expect(read([], { ...implementation, MODELS_DIR: model })).toMatchObject({ modelUri: model });
  });

  it('may name a folder of models, which are loaded when they are asked for', () => {
    expect(read([], { MLSERVER_MODELS_DIR: 'examples' })).toMatchObject({
      models: 'examples',
      modelControl: 'none',
    });
    const none = { MLSERVER_MODELS_DIR: 'examples', MLSERVER_LOAD_MODELS_AT_STARTUP: 'false' };
    expect(read([], none)).toMatchObject({ models: 'examples', modelControl: 'explicit' });
    expect(read(['--models', 'x'], none)).not.toHaveProperty('enableMlserver');
  });

  it('lose to the command line, and win over those of MLflow', () => {
    const variables = { ...kserve, MLSERVER_HOST: '::', MLSERVER_PARALLEL_WORKERS: '3' };
    const mlflow = { port: 1, host: 'h' };
    expect(read(['-m', 'x', '--port', '7', '--workers', '2'], variables, mlflow)).toEqual({
      modelUri: 'x',
      host: '::',
      port: 7,
      grpcPort: 9000,
      workers: 2,
      modelControl: 'none',
      enableMlserver: true,
    });
    expect(read([], { MLSERVER_MODEL_URI: 'x' }, mlflow)).toMatchObject({ port: 1, host: 'h' });
  });

  it('change nothing where they are not there, or say nothing of a model', () => {
    const plain = { host: '127.0.0.1', port: 5000, workers: 1, modelControl: 'none' };
    expect(read([], {})).toEqual(plain);
    expect(read([], { MODELS_DIR: '/models', MLSERVER_HTTP_PORT: '' })).toEqual(plain);
    expect(read([], { MLSERVER_PARALLEL_WORKERS: '0', MLSERVER_DEBUG: 'true' })).toEqual({
      ...plain,
      verbose: true,
    });
  });

  it.each([
    ['MLSERVER_HTTP_PORT', 'x'],
    ['MLSERVER_GRPC_PORT', '-1'],
    ['MLSERVER_DEBUG', 'maybe'],
  ])('%s=%s is refused by its name', (name, text) => {
    expect(() => read([], { [name]: text })).toThrow(name);
  });
});
