/** A tracking server's REST interface, asked in the order in which MLflow's own client asks. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { HttpClient } from '../http/http-client.ts';
import { shownUrl } from '../http/http-failure.ts';
import { emptyLatest } from './empty-latest.ts';
import { type Answer, field, listOf, textField } from './read-answer.ts';
import type { TrackedRun, TrackingStore } from './tracking-store.ts';

const answerLimitBytes = 32 * 2 ** 20;
/** Pages of logged models of one name that are looked through. */
const pageLimit = 1000;

/** `base` is the tracking URI. */
export function createRestStore(
  client: HttpClient,
  base: URL,
  signal: AbortSignal | undefined,
): TrackingStore {
  return new RestStore(client, base, signal);
}

class RestStore implements TrackingStore {
  readonly #client: HttpClient;
  readonly #base: URL;
  readonly #signal: AbortSignal | undefined;

  constructor(client: HttpClient, base: URL, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#base = base;
    this.#signal = signal;
  }

  async getRun(runId: string): Promise<TrackedRun> {
    const answer = await this.#get('runs/get', { run_uuid: runId, run_id: runId });
    const info = field(field(answer, 'run'), 'info');
    const artifactUri = textField(info, 'artifact_uri');
    const experimentId = textField(info, 'experiment_id');
    if (artifactUri === null || experimentId === null) throw this.#odd('runs/get');
    return { artifactUri, experimentId };
  }

  async getLoggedModel(modelId: string): Promise<string> {
    const path = `logged-models/${encodeURIComponent(modelId)}`;
    const answer = await this.#get(path, {});
    const uri = textField(field(field(answer, 'model'), 'info'), 'artifact_uri');
    if (uri === null) throw this.#odd(path);
    return uri;
  }

  async findLoggedModel(experimentId: string, runId: string, name: string): Promise<string | null> {
    if (name.includes("'")) return null; // no name of MLflow's has one, and the filter cannot say it
    const seen = new Set<string>();
    let token: string | null = null;
    for (let page = 0; page < pageLimit; page++) {
      const answer: Answer = await this.#post('logged-models/search', {
        experiment_ids: [experimentId],
        filter: `name = '${name}'`,
        ...(token === null ? {} : { page_token: token }),
      });
      for (const model of listOf(answer, 'models')) {
        const info = field(model, 'info');
        if (textField(info, 'source_run_id') === runId) return textField(info, 'model_id');
      }
      token = textField(answer, 'next_page_token');
      if (token === null || token === '' || seen.has(token)) return null;
      seen.add(token);
    }
    throw this.#odd('logged-models/search');
  }

  async getVersionByAlias(name: string, alias: string): Promise<string> {
    const answer = await this.#get('registered-models/alias', { name, alias });
    const version = textField(field(answer, 'model_version'), 'version');
    if (version === null) throw this.#odd('registered-models/alias');
    return version;
  }

  async getLatestVersion(name: string, stage: string | null): Promise<string> {
    const answer = await this.#post('registered-models/get-latest-versions', {
      name,
      ...(stage === null ? {} : { stages: [stage] }),
    });
    const versions = listOf(answer, 'model_versions')
      .map((version) => Number(textField(version, 'version')))
      .filter((version) => Number.isSafeInteger(version));
    if (versions.length === 0) throw emptyLatest(name, stage);
    return String(Math.max(...versions));
  }

  async getDownloadUri(name: string, version: string): Promise<string> {
    const registered = await this.#get('registered-models/get', { name });
    refusePrompt(field(registered, 'registered_model'), name);
    const answer = await this.#get('model-versions/get-download-uri', { name, version });
    const uri = textField(answer, 'artifact_uri');
    if (uri === null || uri === '') throw this.#odd('model-versions/get-download-uri');
    return uri;
  }

  close(): void {
    // the client belongs to whoever made it
  }

  #get(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    const url = this.#url(path);
    url.search = new URLSearchParams(query).toString();
    return this.#ask(url, {});
  }

  #post(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(this.#url(path), { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #ask(
    url: URL,
    request: { method?: 'POST'; headers?: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const signal = this.#signal === undefined ? {} : { signal: this.#signal };
    const bytes = await this.#client.bytes(url, { ...request, ...signal }, answerLimitBytes);
    try {
      return JSON.parse(bytes.toString('utf8')) as Answer;
    } catch (cause) {
      throw slipwayError(
        'MODEL_FETCH_FAILED',
        `${shownUrl(url)} does not answer in JSON; is it a tracking server of MLflow?`,
        { details: { url: shownUrl(url) }, cause },
      );
    }
  }

  #url(path: string): URL {
    const url = new URL(this.#base);
    url.pathname = `${this.#base.pathname.replace(/\/+$/, '')}/api/2.0/mlflow/${path}`;
    return url;
  }

  #odd(path: string): SlipwayError {
    const url = shownUrl(this.#url(path));
    return slipwayError('MODEL_FETCH_FAILED', `${url} answers without what MLflow answers`, {
      details: { url },
    });
  }
}

/** Prompts are registered like models. */
function refusePrompt(registered: Answer, name: string): void {
  const isPrompt = listOf(registered, 'tags').some(
    (tag) =>
      textField(tag, 'key') === 'mlflow.prompt.is_prompt' && textField(tag, 'value') === 'true',
  );
  if (!isPrompt) return;
  throw slipwayError('MODEL_NOT_FOUND', `${name} is registered as a prompt, not as a model`, {
    details: { name },
  });
}
