/** Who we are to Amazon: every place where its keys may stand, against doubles, and against moto for roles. */
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mlmodel, useCredentialDouble } from './credential-setup.ts';
import { type Emulator, emulatorProgram, startEmulator } from './emulators.ts';
import { sendFile, sendJson } from './http-double.ts';

const setup = useCredentialDouble();

describe('credentials of AWS', () => {
  /** A bucket with one file, whatever the signature. */
  beforeEach(() => {
    setup.double.fault = (request, answer) => {
      if (!(request.url ?? '').startsWith('/bucket')) return false;
      if ((request.url ?? '').includes('list-type')) {
        const content = `<Contents><Key>m/MLmodel</Key><Size>${mlmodel.length}</Size></Contents>`;
        answer.end(`<ListBucketResult>${content}</ListBucketResult>`);
      } else sendFile(request, answer, mlmodel);
      return true;
    };
  });

  const asked = (): readonly string[] =>
    setup.double.requests
      .filter(({ line }) => line.includes('/bucket'))
      .map(({ headers }) => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '');

  const fetchWith = (extra: NodeJS.ProcessEnv): Promise<string> =>
    setup.resolve('s3://bucket/m', { MLFLOW_S3_ENDPOINT_URL: setup.double.url, ...extra });

  const later = new Date(Date.now() + 3_600_000).toISOString();
  const machine = { AccessKeyId: 'MACHINE', SecretAccessKey: 's', Token: 't', Expiration: later };

  it('of a profile come before those of the machine, variables before both', async () => {
    await setup.write(
      '.aws/credentials',
      '[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n',
    );
    await fetchWith({});
    expect(asked()).toEqual(['FILE', 'FILE']);
    setup.double.requests.length = 0;
    await fetchWith({ AWS_ACCESS_KEY_ID: 'VARIABLE', AWS_SECRET_ACCESS_KEY: 's' });
    expect(asked()).toContain('VARIABLE');
  });

  it('of a process that a profile names', async () => {
    const program = await setup.write(
      'my keys',
      `#!/bin/sh\necho '${JSON.stringify(machine)}' "$1" >/dev/null\necho '${JSON.stringify({ ...machine, AccessKeyId: 'PROCESS', SessionToken: 't' })}'\n`,
    );
    await chmod(program, 0o755);
    await setup.write(
      '.aws/config',
      `[profile team]\ncredential_process = "${program}" 'an argument'\n`,
    );
    await fetchWith({ AWS_PROFILE: 'team' });
    expect(asked()).toEqual(['PROCESS', 'PROCESS']);
  });

  it('of single sign-on, and say what to run where it has ended', async () => {
    await setup.write(
      '.aws/config',
      '[profile team]\nsso_session = corp\nsso_account_id = 12\nsso_role_name = reader\n[sso-session corp]\nsso_region = eu-west-1\n',
    );
    const key = createHash('sha1').update('corp').digest('hex');
    const token = (expiresAt: string): Promise<string> =>
      setup.write(
        `.aws/sso/cache/${key}.json`,
        JSON.stringify({ accessToken: 'signed-on', expiresAt }),
      );
    await token(later);
    setup.answerAt('/federation/credentials', (request, answer) => {
      expect(request.headers['x-amz-sso_bearer_token']).toBe('signed-on');
      expect(request.url).toContain('role_name=reader&account_id=12');
      const roleCredentials = {
        accessKeyId: 'SSO',
        secretAccessKey: 's',
        sessionToken: 't',
        expiration: Date.parse(later),
      };
      sendJson(answer, { roleCredentials });
    });
    const extra = { AWS_PROFILE: 'team', AWS_ENDPOINT_URL_SSO: setup.double.url };
    await fetchWith(extra);
    expect(asked()).toEqual(['SSO', 'SSO']);
    await token('2020-01-01T00:00:00Z');
    await expect(fetchWith(extra)).rejects.toThrow('run "aws sso login --profile team"');
  });

  it('of a container, which may ask for a token', async () => {
    setup.answerAt('/creds', (request, answer) => {
      expect(request.headers.authorization).toBe('of-the-pod');
      sendJson(answer, { ...machine, AccessKeyId: 'CONTAINER' });
    });
    const file = await setup.write('token', 'of-the-pod\n');
    const extra = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${setup.double.url}/creds`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    };
    await fetchWith(extra);
    expect(asked()).toEqual(['CONTAINER', 'CONTAINER']);
    const elsewhere = { ...extra, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/creds' };
    await expect(fetchWith(elsewhere)).rejects.toMatchObject({
      code: 'INVALID_ENVIRONMENT_VARIABLE',
    });
  });

  it('of a machine, by a session of its metadata service', async () => {
    setup.answerAt('/latest/', (request, answer) => {
      if (request.url === '/latest/api/token') {
        answer.statusCode = request.method === 'PUT' ? 200 : 405;
        return void answer.end('session');
      }
      expect(request.headers['x-aws-ec2-metadata-token']).toBe('session');
      return request.url?.endsWith('/security-credentials/') === true
        ? void answer.end('a-role')
        : sendJson(answer, machine);
    });
    const extra = {
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: setup.double.url,
    };
    await fetchWith(extra);
    expect(asked()).toEqual(['MACHINE', 'MACHINE']);
  });

  it('are renewed before they end', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    let count = 0;
    setup.answerAt('/creds', (_request, answer) =>
      sendJson(answer, { ...machine, AccessKeyId: `KEY${++count}`, Expiration: soon }),
    );
    await fetchWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${setup.double.url}/creds` });
    expect(asked()).toEqual(['KEY2', 'KEY3']);
  });

  it('of a profile that asks for a code are refused with what helps', async () => {
    await setup.write(
      '.aws/config',
      '[default]\nrole_arn = arn:x\nsource_profile = a\nmfa_serial = b\n',
    );
    await expect(fetchWith({})).rejects.toThrow(
      'aws configure export-credentials --profile default',
    );
  });

  it('sign for tracking servers behind a gateway, in place of other credentials', async () => {
    setup.double.files.set('m/MLmodel', mlmodel);
    await setup.resolve('mlflow-artifacts:/m', {
      MLFLOW_TRACKING_URI: setup.double.url,
      MLFLOW_TRACKING_TOKEN: 'other',
      MLFLOW_TRACKING_AWS_SIGV4: 'true',
      MLFLOW_WORKSPACE: 'team-a',
      AWS_ACCESS_KEY_ID: 'GATEWAY',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_REGION: 'eu-central-1',
    });
    for (const { headers } of setup.double.requests) {
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=GATEWAY\/\d{8}\/eu-central-1\/execute-api\/aws4_request/,
      );
      expect(headers['x-mlflow-workspace']).toBe('team-a');
    }
  });

  it('by plug-ins of Python are refused', async () => {
    const extra = { MLFLOW_TRACKING_URI: setup.double.url, MLFLOW_TRACKING_AUTH: 'kerberos' };
    await expect(setup.resolve('models:/a/1', extra)).rejects.toThrow(
      /MLFLOW_TRACKING_AUTH names kerberos/,
    );
  });
});

const moto = emulatorProgram('bin', 'moto_server');

describe.skipIf(moto === null)('roles of AWS (need moto)', () => {
  let server: Emulator;
  let home = '';

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'slipway-moto-'));
    server = await startEmulator(moto ?? '', ['-H', '127.0.0.1', '-p', 'PORT'], home);
    for (const name of ['', '/m/MLmodel']) {
      await fetch(`${server.url}/bucket${name}`, {
        method: 'PUT',
        body: name === '' ? '' : mlmodel.toString(),
      });
    }
  });

  afterAll(async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('are taken with the keys of another profile', async () => {
    await setup.write(
      '.aws/config',
      '[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n[profile team]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\n',
    );
    await setup.resolve('s3://bucket/m', { AWS_PROFILE: 'team', AWS_ENDPOINT_URL: server.url });
  });

  it('are taken with a web identity', async () => {
    const extra = {
      AWS_WEB_IDENTITY_TOKEN_FILE: await setup.write('token', 'a.b.c'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/reader',
      AWS_ENDPOINT_URL: server.url,
    };
    await setup.resolve('s3://bucket/m', extra);
    await expect(
      setup.resolve('s3://bucket/m', { ...extra, AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere' }),
    ).rejects.toThrow(/cannot be read/);
  });
});
