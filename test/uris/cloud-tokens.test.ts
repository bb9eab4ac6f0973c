/** Who we are to Google and Azure: every place where a token may come from, against doubles. */
import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, mlmodel, useCredentialDouble } from './credential-setup.ts';
import { sendFile, sendJson } from './http-double.ts';

const setup = useCredentialDouble();

describe('tokens of Google', () => {
  beforeEach(() => {
    setup.answerAt('/storage/v1/b/bucket/o', (request, answer) => {
      if (request.headers.authorization !== 'Bearer of-google') {
        answer.statusCode = 401;
        return void answer.end('{}');
      }
      if (request.url?.includes('alt=media') === true) return sendFile(request, answer, mlmodel);
      return sendJson(answer, {
        items: [{ name: 'm/MLmodel', size: String(mlmodel.length), generation: '17' }],
      });
    });
  });

  const fetchWith = (extra: NodeJS.ProcessEnv): Promise<string> =>
    setup.resolve('gs://bucket/m', { API_ENDPOINT_OVERRIDE: setup.double.url, ...extra });

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  it('for a service account: a claim signed with its key', async () => {
    setup.answerAt('/token', async (request, answer) => {
      const form = await bodyOf(request);
      const [header = '', claim = '', signature = ''] = (form.get('assertion') ?? '').split('.');
      const verify = createVerify('RSA-SHA256').update(`${header}.${claim}`);
      expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
      expect(JSON.parse(Buffer.from(claim, 'base64url').toString())).toMatchObject({
        iss: 'me@project',
        aud: `${setup.double.url}/token`,
        scope: 'https://www.googleapis.com/auth/devstorage.read_only',
      });
      sendJson(answer, { access_token: 'of-google', expires_in: 3599 });
    });
    const file = await setup.write(
      'key.json',
      JSON.stringify({
        type: 'service_account',
        client_email: 'me@project',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        token_uri: `${setup.double.url}/token`,
      }),
    );
    await fetchWith({ GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(setup.double.requests.filter(({ line }) => line.includes('/token'))).toHaveLength(1);
  });

  it('for whoever signed on with gcloud', async () => {
    setup.answerAt('/token', async (request, answer) => {
      const form = await bodyOf(request);
      expect(Object.fromEntries(form)).toEqual({
        grant_type: 'refresh_token',
        client_id: 'id',
        client_secret: 'hush',
        refresh_token: 'again',
      });
      sendJson(answer, { access_token: 'of-google', expires_in: 3599 });
    });
    const user = {
      type: 'authorized_user',
      client_id: 'id',
      client_secret: 'hush',
      refresh_token: 'again',
      token_uri: `${setup.double.url}/token`,
    };
    await setup.write('.config/gcloud/application_default_credentials.json', JSON.stringify(user));
    await fetchWith({});
  });

  it('for a machine, from its metadata server', async () => {
    setup.answerAt('/computeMetadata', (request, answer) => {
      expect(request.headers['metadata-flavor']).toBe('Google');
      sendJson(answer, { access_token: 'of-google', expires_in: 3599 });
    });
    await fetchWith({ NO_GCE_CHECK: 'false', GCE_METADATA_HOST: new URL(setup.double.url).host });
  });

  it('for a workload of another provider, by exchange and impersonation', async () => {
    setup.answerAt('/exchange', async (request, answer) => {
      expect((await bodyOf(request)).get('subject_token')).toBe('of-the-cluster');
      sendJson(answer, { access_token: 'between', expires_in: 3599 });
    });
    setup.answerAt('/impersonate', (request, answer) => {
      expect(request.headers.authorization).toBe('Bearer between');
      sendJson(answer, {
        accessToken: 'of-google',
        expireTime: new Date(Date.now() + 3_600_000).toISOString(),
      });
    });
    const tokenFile = await setup.write('subject', JSON.stringify({ jwt: 'of-the-cluster' }));
    const file = await setup.write(
      'external.json',
      JSON.stringify({
        type: 'external_account',
        audience: '//iam/pool',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${setup.double.url}/exchange`,
        service_account_impersonation_url: `${setup.double.url}/impersonate`,
        credential_source: {
          file: tokenFile,
          format: { type: 'json', subject_token_field_name: 'jwt' },
        },
      }),
    );
    await fetchWith({ GOOGLE_APPLICATION_CREDENTIALS: file });
  });

  it('cannot come from a file that is not there, or is something else', async () => {
    const missing = fetchWith({ GOOGLE_APPLICATION_CREDENTIALS: '/nowhere' });
    await expect(missing).rejects.toMatchObject({ code: 'MODEL_ACCESS_DENIED' });
    const odd = fetchWith({
      GOOGLE_APPLICATION_CREDENTIALS: await setup.write('odd.json', '{"type":"x"}'),
    });
    await expect(odd).rejects.toThrow(/unknown type x/);
  });
});

describe('Azure', () => {
  const suffix = 'core.example';
  const connection = `DefaultEndpointsProtocol=http;AccountName=acct;EndpointSuffix=${suffix};`;
  const files = new Map([
    ['my models/m/MLmodel', mlmodel],
    ['my models/m/data/x', Buffer.from('x')],
  ]);

  /** A file system behind a proxy, since the name of its host is nobody's. */
  function serveFileSystem(isAllowed: (request: IncomingMessage) => boolean): void {
    setup.double.fault = (request, answer) => {
      const url = new URL(request.url ?? '', setup.double.url);
      if (url.host !== `acct.dfs.${suffix}`) return false;
      if (!isAllowed(request)) {
        answer.writeHead(403).end('<Error><Message>not you</Message></Error>');
        return true;
      }
      if (url.searchParams.get('resource') !== 'filesystem') {
        const content = files.get(decodeURIComponent(url.pathname.replace('/fs/', '')));
        sendFile(request, answer, content ?? Buffer.alloc(0));
        return true;
      }
      expect(url.searchParams.get('directory')).toBe('my models/m');
      const [first, second] = files;
      const isFirst = !url.searchParams.has('continuation');
      if (isFirst) answer.setHeader('x-ms-continuation', 'more==');
      const entries = isFirst
        ? [{ name: 'my models/m/data', isDirectory: 'true' }, first]
        : [second];
      const paths = entries.map((entry) =>
        Array.isArray(entry) ? { name: entry[0], contentLength: String(entry[1].length) } : entry,
      );
      sendJson(answer, { paths });
      return true;
    };
  }

  const uri = `abfss://fs@acct.dfs.${suffix}/my%20models/m`;
  const fetchWith = (extra: NodeJS.ProcessEnv): Promise<string> =>
    setup.resolve(uri, { http_proxy: setup.double.url, ...extra });

  it('lets in whoever brings a shared access signature, which stands in no message', async () => {
    const query = 'sv=2021&sig=very%2Bsecret';
    serveFileSystem((request) => (request.url ?? '').endsWith(query));
    const signed = {
      AZURE_STORAGE_CONNECTION_STRING: `${connection}SharedAccessSignature=${query}`,
    };
    await fetchWith(signed);
    serveFileSystem(() => false);
    await expect(fetchWith(signed)).rejects.toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message: expect.not.stringContaining('very') as string,
    });
  });

  it('asks the directory for the token of a service principal, and of a pod', async () => {
    setup.answerAt('/tenant/oauth2/v2.0/token', async (request, answer) => {
      const form = await bodyOf(request);
      const isPod = form.get('client_assertion') === 'of-the-pod';
      expect(isPod || form.get('client_secret') === 'hush').toBe(true);
      sendJson(answer, { access_token: 'of-azure', expires_in: 3599 });
    });
    const before = setup.double.fault;
    serveFileSystem((request) => request.headers.authorization === 'Bearer of-azure');
    const store = setup.double.fault;
    setup.double.fault = (request, answer) => before(request, answer) || store(request, answer);
    const principal = {
      AZURE_STORAGE_CONNECTION_STRING: connection,
      AZURE_AUTHORITY_HOST: setup.double.url,
      AZURE_TENANT_ID: 'tenant',
      AZURE_CLIENT_ID: 'me',
      no_proxy: '127.0.0.1',
    };
    await fetchWith({ ...principal, AZURE_CLIENT_SECRET: 'hush' });
    const pod = { AZURE_FEDERATED_TOKEN_FILE: await setup.write('token', 'of-the-pod') };
    await fetchWith({ ...principal, ...pod, SLIPWAY_NO_CACHE: 'true' });
  });

  it('says what to set where nothing is known', async () => {
    const nobody = {
      AZURE_STORAGE_CONNECTION_STRING: connection,
      IDENTITY_ENDPOINT: 'http://127.0.0.1:1',
      PATH: '',
    };
    await expect(fetchWith(nobody)).rejects.toThrow(/AZURE_STORAGE_ACCESS_KEY/);
  });

  it.each(['wasbs://container/x', 'abfss://fs@acct/x'])('refuses %s', async (odd) => {
    await expect(setup.resolve(odd, {})).rejects.toMatchObject({ code: 'MODEL_URI_INVALID' });
  });
});
