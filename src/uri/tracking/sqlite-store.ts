/** A store in a SQLite file (what `mlflow` makes by default), read with the SQLite that Node has. Tables as in MLflow 2 and 3. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { decodePath } from '../local-path.ts';
import { emptyLatest } from './empty-latest.ts';
import { textField } from './read-answer.ts';
import type { TrackedRun, TrackingStore } from './tracking-store.ts';

/** What is used of `node:sqlite`. */
interface Database {
  prepare(sql: string): { all(...values: readonly string[]): readonly unknown[] };
  close(): void;
}
interface SqliteModule {
  readonly DatabaseSync: new (file: string, options: { readonly readOnly: boolean }) => Database;
}

/**
 * Opens `sqlite:///relative.db` or `sqlite:////absolute.db` for reading.
 * @throws MODEL_NOT_FOUND without the file, MODEL_URI_UNSUPPORTED on a Node without SQLite
 */
export async function openSqliteStore(uri: string): Promise<TrackingStore> {
  const file = path.resolve(decodePath(uri.replace(/^sqlite:\/{0,3}/i, '').replace(/\?.*$/s, '')));
  if ((await stat(file).catch(() => null))?.isFile() !== true) {
    throw slipwayError(
      'MODEL_NOT_FOUND',
      `there is no tracking store: MLFLOW_TRACKING_URI names none that exists, and there is no ${file}`,
      { details: { file } },
    );
  }
  return new SqliteStore(openDatabase(file), file);
}

function openDatabase(file: string): Database {
  const sqlite = loadSqlite();
  if (sqlite?.DatabaseSync === undefined) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${file} cannot be read: Node ${process.versions.node} has no SQLite; use Node 22.13 or later, or start "mlflow server --backend-store-uri sqlite:///${file}" and give its address in MLFLOW_TRACKING_URI`,
      { details: { file } },
    );
  }
  try {
    return new sqlite.DatabaseSync(file, { readOnly: true });
  } catch (cause) {
    throw slipwayError('MODEL_NOT_FOUND', `${file} cannot be opened as a SQLite database`, {
      details: { file },
      cause,
    });
  }
}

/** Node 22.13 and later have it. */
function loadSqlite(): SqliteModule | null {
  try {
    return process.getBuiltinModule('node:sqlite') as unknown as SqliteModule;
  } catch {
    return null;
  }
}

class SqliteStore implements TrackingStore {
  readonly #database: Database;
  readonly #file: string;

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  async getRun(runId: string): Promise<TrackedRun> {
    const [run] = this.#rows(
      'SELECT artifact_uri, experiment_id FROM runs WHERE run_uuid = ?',
      runId,
    );
    const artifactUri = textField(run, 'artifact_uri');
    const experimentId = textField(run, 'experiment_id');
    if (artifactUri !== null && experimentId !== null) return { artifactUri, experimentId };
    throw this.#absent(`Run '${runId}'`);
  }

  async getLoggedModel(modelId: string): Promise<string> {
    const sql = 'SELECT artifact_location FROM logged_models WHERE model_id = ?';
    const uri = textField(this.#rows(sql, modelId)[0], 'artifact_location');
    if (uri !== null) return uri;
    throw this.#absent(`Logged model '${modelId}'`);
  }

  async findLoggedModel(experimentId: string, runId: string, name: string): Promise<string | null> {
    const [model] = this.#rows(
      `SELECT model_id FROM logged_models WHERE source_run_id = ? AND name = ? AND experiment_id = ?
       AND lifecycle_stage = 'active' ORDER BY creation_timestamp_ms DESC`,
      runId,
      name,
      experimentId,
    );
    return textField(model, 'model_id');
  }

  async getVersionByAlias(name: string, alias: string): Promise<string> {
    if (alias.toLowerCase() === 'latest') return this.getLatestVersion(name, null);
    const sql = 'SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?';
    const version = textField(this.#rows(sql, name, alias)[0], 'version');
    if (version !== null) return version;
    throw this.#absent(`Registered model alias ${alias} of ${name}`);
  }

  async getLatestVersion(name: string, stage: string | null): Promise<string> {
    const sql = `SELECT version FROM model_versions WHERE name = ? AND lower(current_stage) = lower(?)
      ORDER BY version DESC LIMIT 1`;
    const any = `SELECT version FROM model_versions WHERE name = ? AND current_stage != 'Deleted_Internal'
      ORDER BY version DESC LIMIT 1`;
    const rows = stage === null ? this.#rows(any, name) : this.#rows(sql, name, stage);
    const version = textField(rows[0], 'version');
    if (version === null) throw emptyLatest(name, stage);
    return version;
  }

  async getDownloadUri(name: string, version: string): Promise<string> {
    const [row] = this.#rows(
      `SELECT source, storage_location FROM model_versions
       WHERE name = ? AND version = CAST(? AS INTEGER) AND current_stage != 'Deleted_Internal'`,
      name,
      version,
    );
    const uri = textField(row, 'storage_location') ?? textField(row, 'source');
    if (uri !== null && uri !== '') return uri;
    throw this.#absent(`Model Version (name=${name}, version=${version})`);
  }

  close(): void {
    this.#database.close();
  }

  /** A table that is not there (logged models before MLflow 3) has no rows. */
  #rows(sql: string, ...values: readonly string[]): readonly unknown[] {
    try {
      return this.#database.prepare(sql).all(...values);
    } catch (cause) {
      if (cause instanceof Error && /no such (table|column)/.test(cause.message)) return [];
      throw slipwayError('MODEL_FETCH_FAILED', `${this.#file} cannot be read: ${String(cause)}`, {
        details: { file: this.#file },
        cause,
      });
    }
  }

  #absent(what: string): Error {
    return slipwayError('MODEL_NOT_FOUND', `${what} not found in ${this.#file}`, {
      details: { file: this.#file },
    });
  }
}
