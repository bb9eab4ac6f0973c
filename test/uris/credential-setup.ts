/** What tests of credentials share: a double, a home folder, and answers of the double by path. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type HttpDouble, startHttpDouble } from './http-double.ts';

/** The only file of the models that these tests fetch. */
export const mlmodel: Buffer = Buffer.from('flavors: {}\n');

/** Anew for each test. */
export interface CredentialSetup {
  readonly double: HttpDouble;
  /** Home and place of the cache. */
  readonly folder: string;
  /** Writes a file below the home; its path. */
  write(name: string, text: string): Promise<string>;
  resolve(uri: string, extra: NodeJS.ProcessEnv): Promise<string>;
  /** Answers what starts with `prefix`; what answered before answers the rest. */
  answerAt(
    prefix: string,
    work: (request: IncomingMessage, answer: ServerResponse) => void | Promise<void>,
  ): void;
}

/** Starts and closes the double around each test of the file. */
export function useCredentialDouble(): CredentialSetup {
  let folder = '';
  let double: HttpDouble;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-credentials-'));
    double = await startHttpDouble();
  });
  afterEach(async () => {
    await double.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get double() {
      return double;
    },
    get folder() {
      return folder;
    },
    write: async (name, text) => {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    resolve: (uri, extra) => resolveModelUri(uri, { environment: environment(folder, extra) }),
    answerAt: (prefix, work) => {
      const before = double.fault;
      double.fault = (request, answer) => {
        if (!(request.url ?? '').startsWith(prefix)) return before(request, answer);
        void Promise.resolve(work(request, answer)).catch((error: unknown) =>
          answer.writeHead(400).end(String(error)),
        );
        return true;
      };
    },
  };
}

function environment(folder: string, extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    SLIPWAY_CACHE: path.join(folder, 'cache'),
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_GCE_CHECK: 'true',
    ...extra,
  };
}

/** The form that a request brings. */
export async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
