/** A store in a SQLite file (what `mlflow` makes by default), read without SQLite. Tables as in MLflow 2 and 3. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import { decodePath } from '../local-path.ts';
import { openPages, SqliteError } from '../sqlite/page-source.ts';
import { readTable, type SqliteRow } from '../sqlite/read-table.ts';
import { emptyLatest } from './empty-latest.ts';
import { textField } from './read-answer.ts';
import type { TrackedRun, TrackingStore } from './tracking-store.ts';

/** Somebody may be writing. */
const attempts = 20;
const pauseMs = 100;
const deleted = 'Deleted_Internal';

/**
 * Opens `sqlite:///relative.db` or `sqlite:////absolute.db` for reading.
 * @throws MODEL_NOT_FOUND without the file
 */
export async function openSqliteStore(uri: string): Promise<TrackingStore> {
  const file = path.resolve(decodePath(uri.replace(/^sqlite:\/{0,3}/i, '').replace(/\?.*$/s, '')));
  if ((await stat(file).catch(() => null))?.isFile() === true) return new SqliteStore(file);
  throw slipwayError(
    'MODEL_NOT_FOUND',
    `there is no tracking store: MLFLOW_TRACKING_URI names none that exists, and there is no ${file}`,
    { details: { file } },
  );
}

class SqliteStore implements TrackingStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async getRun(runId: string): Promise<TrackedRun> {
    const columns = ['run_uuid', 'artifact_uri', 'experiment_id'];
    const [run] = await this.#rows('runs', columns, (row) => row['run_uuid'] === runId);
    const artifactUri = textField(run, 'artifact_uri');
    const experimentId = textField(run, 'experiment_id');
    if (artifactUri !== null && experimentId !== null) return { artifactUri, experimentId };
    throw this.#absent(`Run '${runId}'`);
  }

  async getLoggedModel(modelId: string): Promise<string> {
    const columns = ['model_id', 'artifact_location'];
    const [model] = await this.#rows(
      'logged_models',
      columns,
      (row) => row['model_id'] === modelId,
    );
    const uri = textField(model, 'artifact_location');
    if (uri !== null) return uri;
    throw this.#absent(`Logged model '${modelId}'`);
  }

  async findLoggedModel(experimentId: string, runId: string, name: string): Promise<string | null> {
    const rows = await this.#rows(
      'logged_models',
      'model_id name experiment_id source_run_id lifecycle_stage creation_timestamp_ms'.split(' '),
      (row) =>
        row['source_run_id'] === runId &&
        row['name'] === name &&
        textField(row, 'experiment_id') === experimentId &&
        row['lifecycle_stage'] === 'active',
    );
    const [newest] = rows.toSorted(
      (a, b) => Number(b['creation_timestamp_ms']) - Number(a['creation_timestamp_ms']),
    );
    return textField(newest, 'model_id');
  }

  async getVersionByAlias(name: string, alias: string): Promise<string> {
    if (alias.toLowerCase() === 'latest') return this.getLatestVersion(name, null);
    const [row] = await this.#rows(
      'registered_model_aliases',
      ['name', 'alias', 'version'],
      (each) => each['name'] === name && each['alias'] === alias,
    );
    const version = textField(row, 'version');
    if (version !== null) return version;
    throw this.#absent(`Registered model alias ${alias} of ${name}`);
  }

  async getLatestVersion(name: string, stage: string | null): Promise<string> {
    const rows = await this.#versions(name);
    const versions = rows
      .filter((row) => stage === null || stageOf(row) === stage.toLowerCase())
      .map((row) => Number(row['version']));
    if (versions.length === 0) throw emptyLatest(name, stage);
    return String(Math.max(...versions));
  }

  async getDownloadUri(name: string, version: string): Promise<string> {
    const rows = await this.#versions(name);
    const row = rows.find((each) => each['version'] === Number(version));
    const uri = textField(row, 'storage_location') ?? textField(row, 'source');
    if (uri !== null && uri !== '') return uri;
    throw this.#absent(`Model Version (name=${name}, version=${version})`);
  }

  close(): void {
    // the file is open only while it is read
  }

  #versions(name: string): Promise<readonly SqliteRow[]> {
    const columns = ['name', 'version', 'current_stage', 'source', 'storage_location'];
    return this.#rows(
      'model_versions',
      columns,
      (row) => row['name'] === name && row['current_stage'] !== deleted,
    );
  }

  /** Read again where a transaction came in between. */
  async #rows(
    table: string,
    columns: readonly string[],
    isWanted: (row: SqliteRow) => boolean,
  ): Promise<readonly SqliteRow[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const rows = this.#readOnce(table, columns, isWanted);
        if (rows !== null) return rows;
      } catch (cause) {
        if (!(cause instanceof SqliteError)) throw cause;
        if (attempt === attempts) throw this.#unreadable(cause.message, cause);
      }
      if (attempt === attempts) throw this.#unreadable('it changes all the time');
      await sleep(pauseMs);
    }
  }

  #readOnce(
    table: string,
    columns: readonly string[],
    isWanted: (row: SqliteRow) => boolean,
  ): readonly SqliteRow[] | null {
    const pages = openPages(this.#file);
    try {
      const before = pages.version();
      const rows: SqliteRow[] = [];
      for (const row of readTable(pages, table, columns)) if (isWanted(row)) rows.push(row);
      return pages.version() === before ? rows : null;
    } finally {
      pages.close();
    }
  }

  #unreadable(reason: string, cause?: unknown): Error {
    return slipwayError(
      'MODEL_FETCH_FAILED',
      `${this.#file} cannot be read: ${reason}; "mlflow server --backend-store-uri sqlite:///${this.#file}" and its address as MLFLOW_TRACKING_URI do the same`,
      { details: { file: this.#file }, cause },
    );
  }

  #absent(what: string): Error {
    return slipwayError('MODEL_NOT_FOUND', `${what} not found in ${this.#file}`, {
      details: { file: this.#file },
    });
  }
}

function stageOf(row: SqliteRow): string {
  return (textField(row, 'current_stage') ?? 'None').toLowerCase();
}
