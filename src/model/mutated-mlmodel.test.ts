/** Mutated and truncated MLmodel files: a valid model or an error of the catalogue, never a crash. SLIPWAY_FUZZ_RUNS makes it longer. */
import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSlipwayError } from '../errors/slipway-error.ts';
import { describeModel } from './describe-model.ts';
import { parseMlmodel } from './parse-mlmodel.ts';

const root = new URL('../../test/fixtures/models/', import.meta.url);
const runs = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);

const files = readdirSync(root).flatMap((version) =>
  readdirSync(new URL(`${version}/`, root)).map((name) =>
    readFileSync(new URL(`${version}/${name}/MLmodel`, root), 'utf8'),
  ),
);

const syntax = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '\n',
  '\n  ',
  ': ',
  '- ',
  '&a ',
  '*a',
  '!!set ',
  '<<: ',
];
const values = ['null', '-1', '1e999', '1.0', '99999999999999999999', '"type"', 'object', 'array'];
const characters = [
  '\0',
  '\u{feff}',
  '\u{1f600}',
  '\\u0000',
  '--- ',
  '? ',
  '| ',
  '> ',
  '%',
  '@',
  '\t',
];

/** Pieces that mean something to YAML, JSON or the signature. */
const pieces = fc.oneof(
  fc.constantFrom(...syntax, ...values, ...characters),
  fc.string({ maxLength: 8, unit: 'binary' }),
);

/** Replaces `removed` characters at the share `at` of the text. */
interface Mutation {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 40 }),
  inserted: pieces,
});

function mutate(text: string, { at, removed, inserted }: Mutation): string {
  const position = Math.floor(at * text.length);
  return text.slice(0, position) + inserted + text.slice(position + removed);
}

function check(text: string): void {
  try {
    const content = parseMlmodel(text, 'MLmodel');
    const place = { directory: '/m', uri: '/m', registered: null };
    JSON.stringify(describeModel({ ...content, ...place }));
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    expect(['MLMODEL_INVALID', 'SIGNATURE_INVALID']).toContain(error.code);
    expect(error.message).toContain('MLmodel');
  }
}

it('mutated files', () => {
  const input = [
    fc.constantFrom(...files),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
  ] as const;
  fc.assert(
    fc.property(...input, (file, mutations) => {
      check(mutations.reduce((text, step) => mutate(text, step), file));
    }),
    { numRuns: runs },
  );
});

it('truncated files', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (file, at) => {
        check(file.slice(0, Math.floor(at * file.length)));
      },
    ),
    { numRuns: runs },
  );
});
