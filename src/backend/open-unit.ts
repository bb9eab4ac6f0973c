/** How the repository of a server opens its models. */
import type { ServeOptions } from '../contract/flavor-backend.ts';
import { servedName } from '../model/served-name.ts';
import type { OpenUnit } from '../repository/open-units.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openService } from './open-service.ts';
import type { Selection } from './select-runtime.ts';

/** Makes the function that opens a unit; `onSelected` hears of the runtime that scores it. */
export function unitOpener(
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  onSelected: (selection: Selection) => void,
): OpenUnit {
  return async ({ uri, name, version }, hooks) => {
    const { service, model } = await openService(uri, serve, options, { ...hooks, onSelected });
    const told = { name: name ?? undefined, version: version ?? undefined };
    return { ...servedName(model, told), service, signature: model.signature };
  };
}
