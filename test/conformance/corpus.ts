/**
 * Recorded answers of the real MLflow: reads a corpus folder (models, cases, cli, batch).
 * The project has a small one of its own under test/fixtures/corpus; a larger one beside the project
 * is replayed too when it is there.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../architecture/source-files.ts';

/** One recorded HTTP exchange. */
export interface CorpusCase {
  readonly id: string;
  readonly model: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly body_encoding?: 'utf-8' | 'base64';
  };
  readonly response: {
    readonly status: number;
    readonly content_type: string | null;
    readonly body: string;
    readonly body_encoding?: string;
    readonly location?: string;
    readonly allow?: string;
  };
  readonly error_code?: string;
  readonly server_env?: Readonly<Record<string, string>>;
  readonly stage?: 'protocol' | 'parse' | 'enforce' | 'params' | 'model';
  readonly compare: 'exact-json' | 'json-numeric' | 'status+error_code' | 'text';
  readonly numeric?: Numeric;
}

/** How close another implementation can be expected to come. */
export type Numeric = 'exact' | 'labels' | 'libm' | 'blas';

/** One recorded run of the predict command. */
export interface CliCase {
  readonly id: string;
  readonly model: string;
  readonly content_type: 'json' | 'csv';
  readonly input: string;
  readonly ok: boolean;
  readonly output?: string;
  readonly compare: 'exact-json' | 'json-numeric' | 'fails' | 'text';
}

/** One model of a corpus. */
export interface CorpusModel {
  readonly name: string;
  readonly family: string;
  readonly numeric: Numeric;
  readonly needsPython: boolean;
  readonly directory: string;
  readonly cases: readonly CorpusCase[];
  readonly cliCases: readonly CliCase[];
  /** Folder of the batch; null when there is none. */
  readonly batchDirectory: string | null;
}

interface IndexEntry {
  readonly model: string;
  readonly family: string;
  readonly numeric: Numeric;
  readonly needs_python: boolean;
}

/** The project's own corpus. */
export const ownCorpus: string = path.join(projectRoot, 'test/fixtures/corpus');

/** Corpora beside the project; empty when there are none. */
export const outerCorpora: readonly string[] = ['corpus', 'corpus/contract']
  .map((folder) => path.resolve(projectRoot, '../shared', folder))
  .filter((folder) => existsSync(path.join(folder, 'index.json')));

/** Reads every model of a corpus folder; empty when the folder is not there. */
export function readCorpus(folder: string): readonly CorpusModel[] {
  const index = path.join(folder, 'index.json');
  if (!existsSync(index)) return [];
  const entries = (JSON.parse(readFileSync(index, 'utf8')) as { models: IndexEntry[] }).models;
  return entries.map((entry) => readModel(folder, entry));
}

function readModel(folder: string, entry: IndexEntry): CorpusModel {
  const batch = path.join(folder, 'batch', entry.model);
  return {
    name: entry.model,
    family: entry.family,
    numeric: entry.numeric,
    needsPython: entry.needs_python,
    directory: path.join(folder, 'models', entry.model),
    cases: readLines<CorpusCase>(path.join(folder, 'cases', `${entry.model}.jsonl`)),
    cliCases: readLines<CliCase>(path.join(folder, 'cli', `${entry.model}.jsonl`)),
    batchDirectory: existsSync(batch) && readdirSync(batch).length > 0 ? batch : null,
  };
}

function readLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);
}

/** The bytes of a request body; undefined when it has none. */
export function requestBody(recorded: CorpusCase): Buffer | undefined {
  const { body, body_encoding: encoding } = recorded.request;
  return body === undefined || body === null
    ? undefined
    : Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8');
}
