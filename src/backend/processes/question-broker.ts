/** Questions to serving processes: hands them out and gathers what each says. */
import { type Answered, failureOf } from './process-message.ts';

/** A process that can be asked. */
export interface Asked {
  readonly pid: number;
  /** Sends the question. */
  ask(id: number, topic: string, data: unknown): void;
}

interface Question {
  readonly missing: Set<number>;
  readonly answers: Answered[];
  readonly done: (answers: readonly Answered[]) => void;
}

/** Gathers answers. A process that ends has answered with a failure. */
export class QuestionBroker {
  readonly #questions = new Map<number, Question>();
  #lastId = 0;

  /** Asks each of `processes`; resolves when all have answered or ended. */
  ask(processes: readonly Asked[], topic: string, data: unknown): Promise<readonly Answered[]> {
    if (processes.length === 0) return Promise.resolve([]);
    const id = ++this.#lastId;
    return new Promise((done) => {
      const missing = new Set(processes.map(({ pid }) => pid));
      this.#questions.set(id, { missing, answers: [], done });
      for (const one of processes) one.ask(id, topic, data);
    });
  }

  /** Takes an answer. */
  take(id: number, answered: Answered): void {
    const question = this.#questions.get(id);
    if (question?.missing.delete(answered.pid) !== true) return;
    question.answers.push(answered);
    if (question.missing.size > 0) return;
    this.#questions.delete(id);
    question.done(question.answers);
  }

  /** A process has ended: nothing more will come from it. */
  forget(pid: number): void {
    const failure = failureOf(new Error('the serving process ended'));
    for (const id of Array.from(this.#questions.keys())) {
      this.take(id, { pid, failure, hasEnded: true });
    }
  }
}
