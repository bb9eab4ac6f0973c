import { AnswerStream } from './answer-stream.ts';

/** Counts the requests that a service has in hand, so that its scorer is closed under none of them. */
export class InHand {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** Counts `answer` until it settles. @returns the same promise */
  hold<T>(answer: Promise<T>): Promise<T> {
    this.#count += 1;
    answer.then(this.#leave, this.#leave);
    return answer;
  }

  /** Counts an answer that may be a stream, which is in hand until it has ended. @returns the same promise */
  holdStream<T>(answer: Promise<T | AnswerStream>): Promise<T | AnswerStream> {
    this.#count += 1;
    answer.then(this.#leaveLater, this.#leave);
    return answer;
  }

  /** Resolves when there is none. */
  none(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly #leaveLater = (answer: unknown): void => {
    if (answer instanceof AnswerStream) answer.whenOver(this.#leave);
    else this.#leave();
  };

  readonly #leave = (): void => {
    this.#count -= 1;
    if (this.#count > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  };
}
