/** A change of all serving processes in two phases: all of them take it, or none does. */
import { type Answered, type Failure, failureOf } from './process-message.ts';

/** What each process is asked, in this order; the data is {@link ChangeStep}. */
export const changeTopics = {
  prepare: 'change.prepare',
  commit: 'change.commit',
  discard: 'change.discard',
  refuse: 'change.refuse',
} as const;

/** What goes with each of the {@link changeTopics}. */
export interface ChangeStep {
  /** The same in all steps of one change. */
  readonly id: number;
  readonly change: unknown;
  /** Why it came to nothing; with `refuse` only. */
  readonly reason?: string;
}

/** Asks every process. */
export type AskEach = (topic: string, step: ChangeStep) => Promise<readonly Answered[]>;

/**
 * Carries out the change.
 *
 * @returns null, or why it came to nothing. A process that is lost meanwhile is no failure, as long as another is there:
 *   the one that replaces it begins with the change.
 */
export async function changeGroup(
  ask: AskEach,
  id: number,
  change: unknown,
): Promise<Failure | null> {
  const step = { id, change };
  const failure = firstFailure(await ask(changeTopics.prepare, step));
  if (failure === null) {
    await ask(changeTopics.commit, step);
    return null;
  }
  await ask(changeTopics.discard, step);
  await ask(changeTopics.refuse, { ...step, reason: failure.message });
  return failure;
}

function firstFailure(answers: readonly Answered[]): Failure | null {
  const there = answers.filter((one) => !('hasEnded' in one));
  if (there.length === 0) return failureOf(new Error('no serving process is there'));
  for (const answered of there) if ('failure' in answered) return answered.failure;
  return null;
}
