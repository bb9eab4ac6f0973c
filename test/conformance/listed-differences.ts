/** The answers that differ from MLflow's on purpose, as docs/reference/differences.md lists them. */
import type { Answer } from './compare-answers.ts';
import type { CorpusCase } from './corpus.ts';

interface Difference {
  /** Text that the page must hold. */
  readonly listedAs: string;
  matches(recorded: CorpusCase, answer: Answer): boolean;
}

/** Each is checked to stand in the page by a test. */
export const differences: readonly Difference[] = [
  {
    listedAs: 'a missing `Content-Type` is 500',
    matches: (recorded, answer) =>
      recorded.response.status === 500 &&
      !Object.keys(recorded.request.headers).some(
        (name) => name.toLowerCase() === 'content-type',
      ) &&
      answer.status === 400,
  },
  {
    listedAs: 'JSON nested too deep, or an integer of more than 4,300 digits, is 500',
    matches: (recorded, answer) =>
      recorded.response.status === 500 &&
      answer.status === 400 &&
      /\d{4301}|(\[\s*){500}|(\{"[^"]*":\s*){500}/.test(recorded.request.body ?? ''),
  },
  {
    listedAs: '`Accept: text/event-stream` and `"stream": true` change nothing',
    matches: (recorded, answer) =>
      recorded.response.status === 200 &&
      /"stream":\s*true/.test(recorded.request.body ?? '') &&
      answer.contentType?.startsWith('text/event-stream') === true,
  },
];

/** The listed difference that explains the answer; null when there is none. */
export function listedDifference(recorded: CorpusCase, answer: Answer): Difference | null {
  return differences.find((difference) => difference.matches(recorded, answer)) ?? null;
}
