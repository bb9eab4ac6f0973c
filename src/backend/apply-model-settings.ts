import type { ServeOptions } from '../contract/flavor-backend.ts';
import { hasModelSettings, readModelSettings } from '../repository/model-settings.ts';
import { isRemoteUri, localPathOf } from '../uri/local-path.ts';

/** A model and how it is served. */
export interface ServedUri {
  readonly uri: string;
  readonly serve: ServeOptions;
}

/**
 * Follows MLServer's `model-settings.json` where `uri` is a folder with one; name and version that the user said win.
 *
 * @throws MLMODEL_INVALID, NO_FLAVOR_BACKEND
 */
export function applyModelSettings(uri: string, serve: ServeOptions): ServedUri {
  if (serve.models !== undefined || isRemoteUri(uri)) return { uri, serve };
  const folder = localPathOf(uri);
  if (!hasModelSettings(folder)) return { uri, serve };
  const { uri: place, name, version } = readModelSettings(folder);
  return {
    uri: place,
    serve: {
      ...(name !== null && { modelName: name }),
      ...(version !== null && { modelVersion: version }),
      ...serve,
    },
  };
}
