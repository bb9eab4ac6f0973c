/** Files and functions stay small. The exceptions stand here, with reasons, and may only shrink. */
import { describe, expect, it } from 'vitest';
import { measureFunctions } from './function-sizes.ts';
import { readSources } from './source-files.ts';

const fileLimit = 400;
const functionLimit = 60;

/** `path` or `path#function` → why it may be longer. */
const exceptions: Readonly<Record<string, string>> = {};

const sources = readSources('src').filter((file) => !file.path.endsWith('.test.ts'));

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

describe('files', () => {
  it(`have at most ${fileLimit} lines`, () => {
    const long = sources.filter((file) => file.lines.length > fileLimit && !exceptions[file.path]);
    expect(long.map((file) => `${file.path}: ${file.lines.length}`)).toEqual([]);
  });

  it('are mostly short', () => {
    const lengths = sources.map((file) => file.lines.length);
    expect(quantile(lengths, 0.5), 'median').toBeLessThanOrEqual(80);
    expect(quantile(lengths, 0.9), 'p90').toBeLessThanOrEqual(220);
  });

  it('over 60 lines open with a sentence on their job', () => {
    const silent = sources
      .filter((file) => file.lines.length > 60)
      .filter((file) => !/^(#!.*\n)?\s*(\/\*|\/\/)/.test(file.text));
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  it('are named in kebab case', () => {
    const odd = sources.filter(
      (file) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(file.path.split('/').at(-1) ?? ''),
    );
    expect(odd.map((file) => file.path)).toEqual([]);
  });
});

describe('functions', () => {
  const functions = sources.flatMap((file) =>
    measureFunctions(file.lines).map((found) => ({ ...found, path: file.path })),
  );

  it('are found', () => {
    expect(functions.length).toBeGreaterThan(0);
  });

  it(`have at most ${functionLimit} lines`, () => {
    const long = functions
      .filter((f) => f.lineCount > functionLimit && !exceptions[`${f.path}#${f.name}`])
      .map((f) => `${f.path}:${f.line} ${f.name}: ${f.lineCount}`);
    expect(long).toEqual([]);
  });

  it('are mostly short', () => {
    const lengths = functions.map((f) => f.lineCount);
    expect(quantile(lengths, 0.5), 'median').toBeLessThanOrEqual(10);
    expect(quantile(lengths, 0.9), 'p90').toBeLessThanOrEqual(25);
  });
});
