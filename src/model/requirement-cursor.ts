/** Reading position in a requirement. Source: packaging/_tokenizer.py 26.3. */
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';

/** Takes what fits, from left to right. Patterns are sticky. */
export class RequirementCursor {
  readonly text: string;
  #position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Takes what `pattern` (with flag `y`) matches here; null where it matches nothing. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.#position += found.length;
    return found;
  }

  /** Takes what `pattern` matches, or refuses. @throws REQUIREMENT_INVALID */
  expect(pattern: RegExp, what: string): string {
    const found = this.take(pattern);
    if (found === null) throw this.invalid(`expected ${what}`);
    return found;
  }

  /** Passes over spaces and tabs. */
  skipSpace(): void {
    this.take(/[ \t]+/y);
  }

  get isAtEnd(): boolean {
    return this.#position === this.text.length;
  }

  /** The error for what stands here. */
  invalid(reason: string): SlipwayError {
    return slipwayError(
      'REQUIREMENT_INVALID',
      `'${this.text}' is not a requirement (PEP 508): ${reason} at character ${this.#position + 1}`,
      { details: { requirement: this.text, position: this.#position } },
    );
  }
}
