import type { LiveRepository } from '../repository/live-repository.ts';
import type { ModelUnit } from '../repository/model-change.ts';
import type { ModelWatcher } from '../repository/model-watcher.ts';
import { describeError } from './describe-error.ts';

/**
 * Loads what a server starts with. One model that cannot be loaded leaves the others alone.
 *
 * @returns the reasons of those that could not be loaded, by their ids
 * @throws what the first one threw where none can be loaded
 */
export async function startModels(
  repository: LiveRepository,
  units: readonly ModelUnit[],
  watcher: ModelWatcher | null,
  report: (line: string) => void,
): Promise<ReadonlyMap<string, unknown>> {
  await watcher?.note(units);
  const failures = await repository.start(units);
  if (repository.isStopping) return new Map();
  for (const [id, error] of failures) {
    if (failures.size === units.length) throw error;
    report(`${id} cannot be loaded: ${describeError(error)}`);
  }
  return failures;
}
