/** A real `mlflow server` on a free port of this machine: SQLite, artifacts proxied, everything in one folder. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What the script registered. */
export interface Registered {
  readonly run: string;
  /** Id of the Python model as a logged model. */
  readonly model: string;
  /** The same of the native one. */
  readonly native: string;
  readonly experiment: string;
  readonly root: string;
}

/** A running server. */
export interface TrackingServer {
  readonly url: string;
  /** Paths that were asked for since the last call, in order: `GET /api/…?…`. */
  requests(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('register_models.py', import.meta.url));
const quiet = {
  ...process.env,
  MLFLOW_DISABLE_TELEMETRY: 'true',
  MLFLOW_ALLOW_FILE_STORE: 'true',
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
};

/** For `--app-name basic-auth`, whose administrator is `admin`. */
export const adminPassword = 'password-of-tests';

/** Passwords are compared once a minute: it takes half a second of a core. */
const authSettings = `[mlflow]
default_permission = READ
database_uri = sqlite:///basic_auth.db
admin_username = admin
admin_password = ${adminPassword}
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
grant_default_workspace_access = false
auth_cache_ttl_seconds = 60
`;

/** Starts the server of the Python `python` in `folder`; `args` go to the command. */
export async function startTrackingServer(
  python: string,
  folder: string,
  args: readonly string[] = [],
): Promise<TrackingServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const authFile = path.join(folder, 'auth.ini');
  await writeFile(authFile, authSettings);
  const ofAuth = {
    MLFLOW_AUTH_CONFIG_PATH: authFile,
    MLFLOW_FLASK_SERVER_SECRET_KEY: 'only for tests',
  };
  const server = spawn(
    python,
    `-m mlflow server --host 127.0.0.1 --port ${port} --workers 1`
      .split(' ')
      .concat('--backend-store-uri', `sqlite:///${path.join(folder, 'mlflow.db')}`)
      .concat('--artifacts-destination', path.join(folder, 'artifacts'), ...args),
    {
      cwd: folder,
      env: { ...quiet, ...ofAuth },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  let marks = 0;
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  await waitUntilUp(server, url, () => log);
  return {
    url,
    requests: async () => {
      // A request is logged when its answer begins, so those before this one stand before it.
      const mark = `/health?mark=${++marks}`;
      await fetch(`${url}${mark}`);
      while (!log.includes(`GET ${mark} HTTP`)) await sleep(5);
      const [before = ''] = log.split(`GET ${mark} HTTP`);
      const lines = Array.from(
        before.matchAll(/"((?:GET|POST) \S+) HTTP/g),
        (match) => match[1] ?? '',
      );
      log = '';
      return lines;
    },
    stop: async () => {
      const { pid } = server;
      if (server.exitCode !== null || pid === undefined) return;
      const exited = once(server, 'exit');
      process.kill(-pid, 'SIGTERM');
      const kill = setTimeout(() => process.kill(-pid, 'SIGKILL'), 5000);
      await exited;
      clearTimeout(kill);
    },
  };
}

/** Logs and registers the model in `folder`, and a Python model, in the store `trackingUri`. */
export async function registerModels(
  python: string,
  trackingUri: string,
  folder: string,
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Registered> {
  const { stdout } = await promisify(execFile)(python, [script, trackingUri, folder], {
    cwd,
    env: { ...quiet, ...environment },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Registered;
}

async function waitUntilUp(server: ChildProcess, url: string, log: () => string): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`mlflow server ended: ${log()}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(200);
  }
}

/** A port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
