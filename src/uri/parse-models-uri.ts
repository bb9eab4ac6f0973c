/** The forms of `models:/` and `runs:/`. Source: MLflow 3.17.2 store/artifact/utils/models.py, models_artifact_repo.py, runs_artifact_repo.py. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { checkRelativePath } from './artifacts/check-relative-path.ts';

/** What a `models:/` URI asks for; `path` is a folder inside the model version, `''` for all of it. */
export type ModelsUri =
  | {
      readonly kind: 'version';
      readonly name: string;
      readonly version: string;
      readonly path: string;
    }
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly alias: string;
      readonly path: string;
    }
  /** `stage` null: the latest of all. */
  | {
      readonly kind: 'latest';
      readonly name: string;
      readonly stage: string | null;
      readonly path: string;
    }
  | { readonly kind: 'logged'; readonly modelId: string; readonly path: '' };

/** What a `runs:/` URI asks for. */
export interface RunsUri {
  readonly runId: string;
  /** Folder below the run's artifacts; `''` for all of them. */
  readonly path: string;
}

/**
 * Parses `models:/name/7`, `models:/name@alias`, `models:/name/latest`, `models:/name/Stage`, `models:/m-<id>`, and
 * folders below the first four of them.
 * @throws MODEL_URI_INVALID
 */
export function parseModelsUri(uri: string): ModelsUri {
  const parts = partsAfter(uri, 'models');
  const [first = '', second, ...rest] = parts;
  if (parts.some((part) => part.trim() === '')) throw improperModelsUri(uri);
  if (first.includes('@')) {
    const at = first.lastIndexOf('@');
    const [name, alias] = [first.slice(0, at), first.slice(at + 1)];
    if (name.trim() === '' || alias.trim() === '') throw improperModelsUri(uri);
    return { kind: 'alias', name, alias, path: joinChecked(parts.slice(1), uri) };
  }
  if (second === undefined) return { kind: 'logged', modelId: first, path: '' };
  const path = joinChecked(rest, uri);
  if (/^\d+$/.test(second)) return { kind: 'version', name: first, version: second, path };
  const stage = second.toLowerCase() === 'latest' ? null : second;
  return { kind: 'latest', name: first, stage, path };
}

/**
 * Parses `runs:/<run>/<path>`.
 * @throws MODEL_URI_INVALID
 */
export function parseRunsUri(uri: string): RunsUri {
  const [runId = '', ...path] = partsAfter(uri, 'runs');
  if (runId === '' || path.includes('')) {
    throw invalid(
      uri,
      `Not a proper runs:/ URI: ${uri}. Runs URIs must be of the form 'runs:/<run_id>/run-relative/path/to/artifact'`,
    );
  }
  return { runId, path: joinChecked(path, uri) };
}

/**
 * Takes the profile out of `models://profile@databricks/name/1` and its like: the URI without it, and the tracking URI
 * that it stands for; null where the settings decide.
 */
export function splitProfile(uri: string): {
  readonly uri: string;
  readonly store: string | null;
} {
  const [, scheme, profile, kind, rest] =
    /^(models|runs):\/\/(?:([^/@]+)@)?(databricks(?:-uc)?)(\/.*)$/is.exec(uri) ?? [];
  if (scheme === undefined || kind === undefined) return { uri, store: null };
  const store = profile === undefined ? kind : `${kind}://${profile}`;
  return { uri: `${scheme}:${rest ?? ''}`, store };
}

/** Segments; slashes at the end don't count. */
function partsAfter(uri: string, scheme: 'models' | 'runs'): readonly string[] {
  const rest = uri.slice(scheme.length + 1);
  if (/^\/\/[^/]/.test(rest)) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${uri} names neither a model nor a profile of Databricks: write ${scheme}:/… or ${scheme}://profile@databricks/…`,
      { details: { uri } },
    );
  }
  if (!rest.startsWith('/')) return [''];
  return rest.replace(/\?.*$/s, '').replace(/^\/+/, '').replace(/\/+$/, '').split('/');
}

function joinChecked(parts: readonly string[], uri: string): string {
  if (parts.length === 0) return '';
  const path = parts.join('/');
  const reason = checkRelativePath(path);
  if (reason !== null) throw invalid(uri, `${uri} has the path ${path}, which ${reason}`);
  return path;
}

function improperModelsUri(uri: string): SlipwayError {
  return invalid(
    uri,
    `Not a proper models:/ URI: ${uri}. Models URIs must be of the form 'models:/name/suffix' or 'models:/name@alias' where suffix is a version, stage, or the string 'latest' and where alias is a registered model alias, or 'models:/<model_id>'.`,
  );
}

function invalid(uri: string, message: string): SlipwayError {
  return slipwayError('MODEL_URI_INVALID', message, { details: { uri } });
}
