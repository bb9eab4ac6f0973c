/** A tracking server with models on it, for the tests of one file; MLflow's own client beside it, to be compared with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';
import {
  type Registered,
  registerModels,
  startTrackingServer,
  type TrackingServer,
} from './tracking-server.ts';

/** The native model that is registered. */
export const example: string = path.join(projectRoot, 'examples/diabetes/model');

const downloader = path.join(projectRoot, 'test/uris/download_each.py');
/** Two Pythons start and import MLflow, on a machine that may be busy. */
const startMs = 300_000;

/** What the tests of a file share. */
export interface Tracking {
  /** Everything is in it; the home folder of whoever asks. */
  readonly folder: string;
  readonly server: TrackingServer;
  readonly ids: Registered;
  /** Settings of one who asks this server, with a cache of that name. */
  readonly environment: (cache: string, extra?: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  /** Puts ids and addresses in the place of the words that stand for them: RUN, EXPERIMENT, MODEL, NATIVE, URL, HOST. */
  readonly expand: (form: string) => string;
  /** What MLflow's client asks for `uri`, in order. */
  readonly askedByMlflow: (uri: string) => Promise<readonly string[]>;
}

/** How the server is started, and who asks. */
export interface TrackingOptions {
  readonly args?: readonly string[];
  readonly login?: NodeJS.ProcessEnv;
}

/** Starts before the tests of the file and stops after them; the result gives what there is then. */
export function useTracking({ args = [], login = {} }: TrackingOptions = {}): () => Tracking {
  let tracking: Tracking | undefined;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const python = referencePython ?? '';
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-tracking-'));
    closing.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const server = await startTrackingServer(python, folder, args);
    closing.push(() => server.stop());
    const ids = await registerModels(python, server.url, example, folder, login);
    const client = startClient(python, { ...login, MLFLOW_TRACKING_URI: server.url }, folder);
    closing.push(() => client.stop());
    tracking = {
      folder,
      server,
      ids,
      environment: (cache, extra = login) => ({
        PATH: process.env['PATH'],
        HOME: folder,
        SLIPWAY_CACHE: path.join(folder, cache),
        MLFLOW_TRACKING_URI: server.url,
        ...extra,
      }),
      expand: (form) => expand(form, ids, server.url),
      askedByMlflow: async (uri) => {
        await server.requests();
        await client.download(uri);
        return server.requests();
      },
    };
    await server.requests();
  }, startMs);
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  }, startMs);
  return () => {
    if (tracking === undefined) throw new Error('the server is started before the tests');
    return tracking;
  };
}

function expand(form: string, ids: Registered, url: string): string {
  const words: Readonly<Record<string, string>> = {
    RUN: ids.run,
    EXPERIMENT: ids.experiment,
    MODEL: ids.model,
    NATIVE: ids.native,
    URL: url,
    HOST: new URL(url).host,
  };
  return form.replaceAll(/[A-Z]{3,}/g, (word) => words[word] ?? word);
}

interface Client {
  download(uri: string): Promise<void>;
  stop(): Promise<void>;
}

function startClient(python: string, environment: NodeJS.ProcessEnv, cwd: string): Client {
  const env = { ...process.env, ...environment };
  const child: ChildProcess = spawn(python, [downloader], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    download: async (uri) => {
      child.stdin?.write(`${uri}\n`);
      const { value } = await lines.next();
      if (value !== 'there') throw new Error(`MLflow does not download ${uri}`);
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.stdin?.end();
      await closed;
    },
  };
}
