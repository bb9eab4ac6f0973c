/** One of several serving processes, as the code that serves sees it. */
import type { Metrics } from '../../observe/metrics.ts';
import type { LiveRepository } from '../../repository/live-repository.ts';
import type { ApplyChange, ModelUnit } from '../../repository/model-change.ts';
import type { IndexedModel, ModelRepository } from '../../repository/model-repository.ts';
import type { TakenConnections } from '../taken-connections.ts';
import { shareMetrics } from './share-metrics.ts';
import {
  answerChanges,
  applyHere,
  readyTogether,
  serveWithout,
  unitsNow,
} from './shared-repository.ts';
import type { SiblingLink } from './sibling-link.ts';

/** What serving does otherwise in one of several processes. */
export interface GroupMember {
  /** Aborts when the supervisor says stop. */
  readonly stop: AbortSignal;
  /** Others serve already: connections are taken only when the models answer. */
  readonly isReplacement: boolean;
  /** Those of the ports that the supervisor holds. */
  readonly connections: TakenConnections;
  /** Resolves when this process should do what only one does; it never may. */
  readonly leads: Promise<void>;
  /** Resolves when no more connections come. */
  endConnections(): Promise<void>;
  /** Has a change carried out by all processes; while this one starts, by itself. */
  readonly apply: ApplyChange;
  /** What to start with: what the first processes began with, else `chosen`, as all have changed it since. */
  unitsNow(chosen: () => Promise<readonly ModelUnit[]>): Promise<readonly ModelUnit[]>;
  /** Lets this process serve without models that could not be loaded. @throws the reason for one that another serves */
  serveWithout(failures: ReadonlyMap<string, unknown>): Promise<void>;
  /** Takes part in changes from now on; gives the repository that is ready when all are. */
  share(repository: LiveRepository): ModelRepository;
  /** Adds up with those of the other processes what is counted here. */
  shareMetrics(metrics: Metrics): void;
  /** Says that `models` answer. */
  ready(models: readonly IndexedModel[]): void;
}

/** Resolves when the supervisor lets this process begin; null: it says stop before that. */
export async function joinGroup(siblings: SiblingLink): Promise<GroupMember | null> {
  const welcome = await siblings.join();
  if (welcome === null) return null;
  const { stop, leads } = siblings;
  let own: LiveRepository | undefined;
  let hasStarted = false;
  let units = welcome.units as readonly ModelUnit[] | null;
  return {
    stop,
    leads,
    isReplacement: welcome.isReplacement,
    connections: { address: welcome.address, begin: (takers) => siblings.take(takers) },
    endConnections: () => siblings.endConnections(),
    apply: async (change) => {
      if (hasStarted) return siblings.change(change);
      if (own !== undefined) await applyHere(own, change);
    },
    unitsNow: async (chosen) => {
      units ??= await chosen();
      return unitsNow(units, welcome);
    },
    serveWithout: (failures) => serveWithout(siblings, failures),
    share: (repository) => {
      own = repository;
      answerChanges(siblings, repository);
      return readyTogether(siblings, repository);
    },
    shareMetrics: (metrics) => shareMetrics(siblings, metrics),
    ready: (models) => {
      hasStarted = true;
      siblings.ready(models, units ?? []);
    },
  };
}
