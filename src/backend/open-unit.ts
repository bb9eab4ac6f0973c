/** How the repository of a server opens its models. */
import type { ServeOptions } from '../contract/flavor-backend.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { servedName } from '../model/served-name.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { ObservedModel } from '../observe/observed-model.ts';
import type { OpenUnit } from '../repository/open-units.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { hasModelSettings, readModelSettings } from '../repository/model-settings.ts';
import { openService } from './open-service.ts';
import type { Selection } from './select-runtime.ts';
import { warmUp } from './warm-up.ts';

/** Who hears of the opening. */
export interface UnitOpenerHooks {
  /** Counts what the models do; null: nobody does. */
  readonly metrics: Metrics | null;
  /** Hears of the runtime that scores a unit. */
  readonly onSelected: (selection: Selection) => void;
  /** Hears, in a line, what the user should know. */
  readonly report: (line: string) => void;
}

/** Makes the function that opens a unit, and warms it up unless that is switched off. */
export function unitOpener(
  serve: ServeOptions,
  options: ResolvedBackendOptions,
  { metrics, onSelected, report }: UnitOpenerHooks,
): OpenUnit {
  return async ({ uri, name, version }, hooks) => {
    // Settings that could not be followed are the reason why this is no model.
    if (serve.models !== undefined && hasModelSettings(uri)) readModelSettings(uri);
    const told = { name: name ?? undefined, version: version ?? undefined };
    const observe = (model: SavedModel): ObservedModel | null => {
      const served = servedName(model, told);
      return metrics?.open(served.name, served.version) ?? null;
    };
    const { service, model } = await openService(uri, serve, options, {
      ...hooks,
      onSelected,
      observe,
    });
    if (serve.warmUp !== false) {
      hooks.onPhase('warming up');
      const why = await warmUp(model, service);
      if (why !== null) report(`${uri}: its input example cannot be scored to warm it up: ${why}`);
    }
    return { ...servedName(model, told), service, signature: model.signature };
  };
}
