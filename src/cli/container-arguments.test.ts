import { describe, expect, it } from 'vitest';
import { containerAddress } from './container-address.ts';
import { containerArguments } from './container-arguments.ts';

const defaults = 'serve --model-uri /opt/ml/model --host 0.0.0.0 --port 8080';

describe('a container', () => {
  it.each([[[]], [['serve']]])('serves what is mounted without any setting: %j', (args) => {
    expect(containerArguments(args, {}).join(' ')).toBe(defaults);
  });

  it('lets what is given explicitly win, which comes last', () => {
    const args = ['serve', '--port', '9000', '-m', '/other'];
    expect(containerArguments(args, { PORT: '1' }).join(' ')).toBe(
      'serve --model-uri /opt/ml/model --host 0.0.0.0 --port 1 --port 9000 -m /other',
    );
    expect(containerArguments(['-p', '9000'], {}).join(' ')).toBe(`${defaults} -p 9000`);
  });

  it.each([
    [{ PORT: '1', SAGEMAKER_BIND_TO_PORT: '2', MLSERVER_HTTP_PORT: '3' }, '3'],
    [{ PORT: '1', SAGEMAKER_BIND_TO_PORT: '2' }, '2'],
    [{ PORT: '1', SAGEMAKER_BIND_TO_PORT: '' }, '1'],
    [{ MLFLOW_PORT: 'tcp://10.0.0.1:5000' }, '8080'],
  ])('takes the port of %j', (variables, port) => {
    expect(containerArguments([], variables)).toContain(port);
  });

  it('takes host, model and runtime of the environment', () => {
    const variables = { HOST: '::', MLSERVER_MODEL_URI: 's3://b/m', SLIPWAY_RUNTIME: 'python' };
    expect(containerArguments([], variables).join(' ')).toBe(
      'serve --model-uri s3://b/m --host :: --port 8080 --runtime python',
    );
  });

  it('makes no environment where the image has one', () => {
    const variables = { MLFLOW_DISABLE_ENV_CREATION: 'True', ENABLE_MLSERVER: 'true' };
    expect(containerArguments([], variables).join(' ')).toBe(
      `${defaults} --env-manager local --enable-mlserver`,
    );
  });

  it('runs other commands as they are', () => {
    expect(containerArguments(['predict', '-i', 'x'], {})).toEqual(['predict', '-i', 'x']);
  });

  it('refuses to train', () => {
    expect(() => containerArguments(['train'], {})).toThrow('trained already');
  });

  it.each(['tcp://10.0.0.1:80', '65536', '-1', '8080x'])('refuses the port %s', (PORT) => {
    expect(() => containerArguments([], { PORT })).toThrow(`PORT must be a port`);
  });
});

describe('the health check', () => {
  it.each([
    [[], {}, 'http://localhost:8080'],
    [['serve', '--port', '9000'], { PORT: '1' }, 'http://localhost:9000'],
    [['serve', '--port=9000'], {}, 'http://localhost:9000'],
    [['-p9000', '-h', '127.0.0.1'], {}, 'http://127.0.0.1:9000'],
    [[], { HOST: '::', PORT: '81' }, 'http://localhost:81'],
    [[], { HOST: '::1', PORT: '81' }, 'http://[::1]:81'],
    [['--tls-cert', 'c.pem'], {}, 'https://localhost:8080'],
    [[], { SLIPWAY_TLS_CERT: 'c.pem' }, 'https://localhost:8080'],
  ])('asks the server of %j with %j at %s', (args, variables, url) => {
    expect(containerAddress(args, variables)).toEqual({ kind: 'ask', url });
  });

  it('is content with a connection where asking takes a certificate, or goes through a socket', () => {
    expect(containerAddress(['--tls-client-ca', 'ca.pem'], {})).toEqual({
      kind: 'connect',
      host: 'localhost',
      port: 8080,
    });
    expect(containerAddress([], { SLIPWAY_UNIX_SOCKET: '/run/s' })).toEqual({
      kind: 'connect',
      path: '/run/s',
    });
  });
});
