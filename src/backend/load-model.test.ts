import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { getFlavorBackend } from './get-flavor-backend.ts';
import { loadModel } from './load-model.ts';

const folder = path.resolve(import.meta.dirname, '../../examples/diabetes/model');
const example = JSON.parse(
  readFileSync(path.join(folder, 'serving_input_example.json'), 'utf8'),
) as { dataframe_split: { columns: string[]; data: number[][] } };
const { columns, data } = example.dataframe_split;
const model = await loadModel(folder);

afterAll(() => model.close());

describe('loadModel', () => {
  it('gives the same for every form of input', async () => {
    const rows = await model.predict(data);
    expect(rows).toBeInstanceOf(Float32Array);
    expect(rows).toHaveLength(data.length);
    const column = (at: number): number[] => data.map((row) => row[at] ?? 0);
    const record = (row: number[]): Record<string, number> =>
      Object.fromEntries(columns.map((name, at) => [name, row[at] ?? 0]));
    expect(await model.predict(data.map(record))).toEqual(rows);
    const plain = Object.fromEntries(columns.map((name, at) => [name, column(at)]));
    expect(await model.predict(plain)).toEqual(rows);
    const typed = Object.fromEntries(
      columns.map((name, at) => [name, Float64Array.from(column(at))]),
    );
    expect(await model.predict(typed)).toEqual(rows);
  });

  it('enforces the signature', async () => {
    await expect(model.predict([{ age: 1 }])).rejects.toMatchObject({
      code: 'SCHEMA_ENFORCEMENT_FAILED',
    });
  });

  it('closes more than once', async () => {
    const other = await loadModel(folder);
    await other.close();
    await other[Symbol.asyncDispose]();
  });

  it('refuses a runtime that is not there before it looks for the model', async () => {
    await expect(loadModel('/nope', { runtime: 'r' })).rejects.toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
    });
  });
});

describe('getFlavorBackend', () => {
  it('tells the truth and refuses what is not there', async () => {
    const backend = await getFlavorBackend(folder);
    expect(await backend.canScoreModel()).toBe(true);
    expect(await backend.canBuildImage()).toBe(true);
    await expect(backend.buildImage(folder, 'Not A Name')).rejects.toMatchObject({
      code: 'IMAGE_NAME_INVALID',
    });
    await expect(backend.prepareEnv(folder)).resolves.toBeUndefined();
  });
});
