/** A file store (`mlruns`), read directly. Source: MLflow 3.17.2 store/tracking/file_store.py, store/model_registry/file_store.py. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { parseYaml } from '../../model/parse-yaml.ts';
import { readTextFile } from '../../model/read-text-file.ts';
import { emptyLatest } from './empty-latest.ts';
import { type Answer, textField } from './read-answer.ts';
import type { TrackedRun, TrackingStore } from './tracking-store.ts';

const metaName = 'meta.yaml';
const metaLimitBytes = 2 ** 20;

/** `root` is the folder of the store. */
export function createFileStore(root: string): TrackingStore {
  return new FileStore(root);
}

class FileStore implements TrackingStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async getRun(runId: string): Promise<TrackedRun> {
    for (const experimentId of await this.#experiments()) {
      const folder = path.join(this.#root, experimentId, checked(runId, 'run'));
      const meta = await readMeta(folder);
      if (meta === null) continue;
      const artifactUri = textField(meta, 'artifact_uri') ?? path.join(folder, 'artifacts');
      return { artifactUri, experimentId };
    }
    throw this.#absent(`Run '${runId}' not found`);
  }

  async getLoggedModel(modelId: string): Promise<string> {
    for (const experimentId of await this.#experiments()) {
      const folder = path.join(this.#root, experimentId, 'models', checked(modelId, 'model'));
      const meta = await readMeta(folder);
      if (meta !== null)
        return textField(meta, 'artifact_location') ?? path.join(folder, 'artifacts');
    }
    throw this.#absent(`Logged model with ID '${modelId}' not found`);
  }

  async findLoggedModel(experimentId: string, runId: string, name: string): Promise<string | null> {
    const folder = path.join(this.#root, experimentId, 'models');
    let found: { readonly id: string; readonly time: number } | null = null;
    for (const id of await readdir(folder).catch(() => [])) {
      const meta = await readMeta(path.join(folder, id));
      if (meta === null || textField(meta, 'source_run_id') !== runId) continue;
      if (textField(meta, 'name') !== name) continue;
      // The server lists the newest first, and the first one counts.
      const time = Number(textField(meta, 'creation_timestamp'));
      if (found === null || time > found.time) found = { id, time };
    }
    return found?.id ?? null;
  }

  async getVersionByAlias(name: string, alias: string): Promise<string> {
    if (alias.toLowerCase() === 'latest') return this.getLatestVersion(name, null);
    const file = path.join(await this.#registered(name), 'aliases', checked(alias, 'alias'));
    const version = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (/^\d+$/.test(version)) return version;
    throw this.#absent(`Registered model alias ${alias} not found`);
  }

  async getLatestVersion(name: string, stage: string | null): Promise<string> {
    const folder = await this.#registered(name);
    const versions: number[] = [];
    for (const entry of await readdir(folder)) {
      const version = /^version-(\d+)$/.exec(entry)?.[1];
      const meta = version === undefined ? null : await readMeta(path.join(folder, entry));
      if (meta === null) continue;
      const own = textField(meta, 'current_stage') ?? 'None';
      if (stage === null || own.toLowerCase() === stage.toLowerCase())
        versions.push(Number(version));
    }
    if (versions.length === 0) throw emptyLatest(name, stage);
    return String(Math.max(...versions));
  }

  async getDownloadUri(name: string, version: string): Promise<string> {
    const folder = path.join(await this.#registered(name), `version-${Number(version)}`);
    const meta = await readMeta(folder);
    const uri = textField(meta, 'storage_location') ?? textField(meta, 'source');
    if (uri !== null && uri !== '') return uri;
    throw this.#absent(`Model Version (name=${name}, version=${version}) not found`);
  }

  close(): void {
    // nothing is kept open
  }

  async #experiments(): Promise<readonly string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !['models', '.trash'].includes(entry.name))
      .map((entry) => entry.name);
  }

  async #registered(name: string): Promise<string> {
    const folder = path.join(this.#root, 'models', checked(name, 'model'));
    if ((await readMeta(folder)) !== null) return folder;
    throw this.#absent(`Registered Model with name=${name} not found`);
  }

  #absent(message: string): SlipwayError {
    return slipwayError('MODEL_NOT_FOUND', `${message} in ${this.#root}`, {
      details: { store: this.#root },
    });
  }
}

async function readMeta(folder: string): Promise<Answer> {
  const file = path.join(folder, metaName);
  const text = await readTextFile(file, metaLimitBytes);
  return text === null ? null : parseYaml(text, file);
}

/** A name that is one folder and no way out of it. */
function checked(name: string, what: string): string {
  if (!/[/\\]/.test(name) && name !== '' && name !== '.' && name !== '..') return name;
  throw slipwayError('MODEL_URI_INVALID', `${JSON.stringify(name)} is no name of a ${what}`);
}
