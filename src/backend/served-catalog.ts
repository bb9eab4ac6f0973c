/** Which models a server has: one that is given, or those of a folder. */
import type { ServeOptions } from '../contract/flavor-backend.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ModelUnit } from '../repository/model-change.ts';
import { scanModels } from '../repository/models-folder.ts';

/** The models of a server. */
export interface ServedCatalog {
  /** All that can be loaded now. @throws MODEL_NOT_FOUND */
  readonly scan: () => Promise<readonly ModelUnit[]>;
  /** Those of `found` that are loaded when the server starts. @throws MODEL_NOT_FOUND */
  readonly chosen: (found: readonly ModelUnit[]) => readonly ModelUnit[];
  /** Are models loaded as they appear? */
  readonly takesNew: boolean;
}

/** The catalog of one model, whose URI is `uri`, or of the folder {@link ServeOptions.models}. */
export function servedCatalog(
  uri: string,
  { models, modelControl = 'none', loadModels = [], modelName, modelVersion }: ServeOptions,
): ServedCatalog {
  if (models === undefined) {
    const unit = { id: 'model', uri, name: modelName ?? null, version: modelVersion ?? null };
    return { scan: async () => [unit], chosen: (found) => found, takesNew: false };
  }
  const isExplicit = modelControl === 'explicit';
  return {
    scan: () => scanModels(models),
    chosen: (found) => (isExplicit ? namedOf(found, loadModels, models) : found),
    takesNew: !isExplicit,
  };
}

function namedOf(
  found: readonly ModelUnit[],
  names: readonly string[],
  folder: string,
): readonly ModelUnit[] {
  for (const name of names) {
    if (!found.some((unit) => unit.name === name)) {
      throw slipwayError('MODEL_NOT_FOUND', `${folder} holds no model ${name}`, {
        details: { folder, name },
      });
    }
  }
  return found.filter(({ name }) => name !== null && names.includes(name));
}
