import type { ServedModelParts } from './model-repository.ts';
import { LiveRepository } from './live-repository.ts';

/** A repository of one model that is open already; loading it again changes nothing. */
export function repositoryOf(parts: ServedModelParts): LiveRepository {
  const { name, version } = parts;
  const unit = { id: name, uri: name, name, version };
  const repository = new LiveRepository({ open: async () => parts, scan: async () => [unit] });
  repository.adopt(unit, parts);
  return repository;
}
