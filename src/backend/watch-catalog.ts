/** Watches the models of a server, wherever they come from. */
import { stat } from 'node:fs/promises';
import { folderSource } from '../repository/folder-source.ts';
import type { LiveRepository } from '../repository/live-repository.ts';
import type { ModelSource } from '../repository/model-source.ts';
import { ModelWatcher } from '../repository/model-watcher.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { describeError } from './describe-error.ts';
import { fetchingOptions } from './fetching-options.ts';
import type { ServedCatalog } from './served-catalog.ts';

/** Makes the watcher; it looks once it is started. */
export function watchCatalog(
  catalog: ServedCatalog,
  repository: LiveRepository,
  options: ResolvedBackendOptions,
  { intervalMs, report }: { readonly intervalMs: number; readonly report: (line: string) => void },
): ModelWatcher {
  return new ModelWatcher({
    intervalMs,
    scan: catalog.scan,
    sourceOf: ({ uri }) => sourceOf(uri, options),
    shouldLoad: ({ id }) => repository.mayReload(id) ?? catalog.takesNew,
    change: async (change) => {
      await repository.change(change);
      // What is gone is forgotten, so that it is new when it comes back.
      await repository.look();
    },
    report: (line, error) =>
      report(error === undefined ? line : `${line}: ${describeError(error)}`),
  });
}

/** What is a folder here is watched by its files; anything else is asked for, by code that only then is loaded. */
function sourceOf(uri: string, options: ResolvedBackendOptions): ModelSource {
  const folder = folderSource(uri);
  let isFolder: boolean | null = null;
  return {
    get settles() {
      return isFolder !== false;
    },
    async currentVersion(signal) {
      isFolder ??= (await stat(uri).catch(() => null))?.isDirectory() ?? false;
      if (isFolder) return folder.currentVersion(signal);
      const { fingerprintModelUri } = await import('../uri/fingerprint-model-uri.ts');
      return fingerprintModelUri(uri, fetchingOptions(options, signal));
    },
  };
}
