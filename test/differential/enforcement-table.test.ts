/** Replays what MLflow's own enforcement answered to thousands of pairs of schema and data: `tools/reference/record-enforcement.py`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { parseSignature } from '../../src/model/parse-signature.ts';
import type { Signature } from '../../src/model/signature.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import { enforceParams } from '../../src/schema/enforce-params.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { fromTagged, type Tagged, toTagged } from './tagged-values.ts';

interface Table {
  readonly schemas: readonly unknown[];
  readonly data: readonly Tagged[];
  readonly cases: readonly [number, number, Answer][];
}

type Answer = { readonly result: Tagged } | { readonly error: string };

const options = { compat: 'mlflow', lenientTypes: false } as const;

function readTable(name: string): Table {
  const file = path.join(projectRoot, 'test/fixtures/enforce', name);
  return JSON.parse(readFileSync(file, 'utf8')) as Table;
}

function answer(enforce: () => Tagged): Answer {
  try {
    return { result: enforce() };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return { error: error.definition.mlflowCode };
  }
}

function replay(
  table: Table,
  part: string,
  enforce: (signature: Signature, data: Tagged) => Tagged,
): string[] {
  const signatures = table.schemas.map((schema) =>
    parseSignature({ [part]: JSON.stringify(schema) }),
  );
  return table.cases.flatMap(([schema, datum, expected]) => {
    const data = table.data[datum]!;
    const actual = answer(() => enforce(signatures[schema]!, data));
    if (JSON.stringify(actual) === JSON.stringify(expected)) return [];
    return [
      `${JSON.stringify(table.schemas[schema])} ${JSON.stringify(data)}: ` +
        `${JSON.stringify(actual)} in place of ${JSON.stringify(expected)}`,
    ];
  });
}

describe('enforcement', () => {
  it('answers as MLflow does to inputs', () => {
    const wrong = replay(readTable('inputs.json'), 'inputs', (signature, data) =>
      toTagged(enforceInput(fromTagged(data), signature, options)),
    );
    expect(wrong).toEqual([]);
  });

  it('answers as MLflow does to params', () => {
    const wrong = replay(readTable('params.json'), 'params', (signature, data) =>
      toTagged(enforceParams(fromTagged(data), signature.params, options)),
    );
    expect(wrong).toEqual([]);
  });
});
