/** How the models of one of several serving processes change and are ready with those of the others. */
import type { LiveRepository } from '../../repository/live-repository.ts';
import type { ModelChange, ModelUnit } from '../../repository/model-change.ts';
import type { ModelRepository } from '../../repository/model-repository.ts';
import { type ChangeStep, changeTopics } from './group-change.ts';
import type { Welcome } from './process-message.ts';
import type { SiblingLink } from './sibling-link.ts';

/** Asks for the ids of the units that answer. */
const servedTopic = 'served';

/** Carries out a change in this process alone. @throws what loading threw */
export async function applyHere(repository: LiveRepository, change: ModelChange): Promise<void> {
  try {
    await repository.commit(await repository.prepare(change));
  } catch (error) {
    repository.refuse(change, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Takes part in changes from now on, and says what is served here. */
export function answerChanges(siblings: SiblingLink, repository: LiveRepository): void {
  const tickets = new Map<number, string>();
  const take = (id: number): string | undefined => {
    const ticket = tickets.get(id);
    tickets.delete(id);
    return ticket;
  };
  const on = (
    topic: string,
    work: (step: ChangeStep, change: ModelChange) => Promise<void>,
  ): void =>
    siblings.answer(topic, (data) => {
      const step = data as ChangeStep;
      return work(step, step.change as ModelChange);
    });
  on(changeTopics.prepare, async ({ id }, change) => {
    tickets.set(id, await repository.prepare(change));
  });
  on(changeTopics.commit, async ({ id }) => {
    const ticket = take(id);
    if (ticket !== undefined) await repository.commit(ticket);
  });
  on(changeTopics.discard, async ({ id }) => {
    const ticket = take(id);
    if (ticket !== undefined) await repository.discard(ticket);
  });
  siblings.answer(servedTopic, () => repository.servedIds());
  on(changeTopics.refuse, async ({ reason = '' }, change) => repository.refuse(change, reason));
}

/**
 * Lets a process begin without the models of `failures`, by their ids, that no other process serves either. Requests would
 * be answered by some processes and refused by this one.
 *
 * @throws the reason for one that another serves: this process cannot take part
 */
export async function serveWithout(
  siblings: SiblingLink,
  failures: ReadonlyMap<string, unknown>,
): Promise<void> {
  if (failures.size === 0) return;
  const answers = await siblings.askAll(servedTopic, null);
  const served = new Set(answers.flatMap((one) => ('data' in one ? (one.data as string[]) : [])));
  for (const [id, error] of failures) if (served.has(id)) throw error;
}

/** What a process starts with: the units of the start, as they have been changed since. */
export function unitsNow(units: readonly ModelUnit[], { changes }: Welcome): readonly ModelUnit[] {
  const now = new Map(units.map((unit) => [unit.id, unit]));
  for (const { load, unload } of changes as readonly ModelChange[]) {
    for (const unit of load) now.set(unit.id, unit);
    for (const id of unload) now.delete(id);
  }
  return Array.from(now.values());
}

/** The repository, ready only when those of all processes are. */
export function readyTogether(siblings: SiblingLink, own: LiveRepository): ModelRepository {
  const whyNotReady = (): string | null =>
    own.whyNotReady() ?? (siblings.areAllReady ? null : 'waiting for other processes');
  return {
    isReady: () => whyNotReady() === null,
    whyNotReady,
    preferred: () => own.preferred(),
    find: (name, version) => own.find(name, version),
    versions: (name) => own.versions(name),
    index: () => own.index(),
    load: (name) => own.load(name),
    unload: (name) => own.unload(name),
  };
}
