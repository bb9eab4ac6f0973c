/** The library with Python models: plain values in every form reach the model as MLflow would hand them over. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LoadedModel, loadModel } from '../../src/backend/load-model.ts';
import type { PlainOutput } from '../../src/backend/plain-output.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { type ProbeModel, type ProbeOptions, writeProbeModel } from './probe-model.ts';

const columns = [
  { name: 'a', type: 'double', required: true },
  { name: 's', type: 'string', required: true },
];
const nested = [{ name: 'tags', type: 'array', items: { type: 'string' }, required: true }];
const params = [{ name: 'k', type: 'double', default: 0.5, shape: null }];

describe.skipIf(referencePython === null)(
  'loadModel with a Python model (needs the reference Python)',
  () => {
    let saved: ProbeModel;
    let model: LoadedModel;
    const load = async (options: ProbeOptions): Promise<void> => {
      vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
      saved = await writeProbeModel(options);
      const environment = { envManager: 'local', python: referencePython! } as const;
      model = await loadModel(saved.folder, { runtime: 'python', threads: 1, environment });
    };
    afterEach(async () => {
      await model.close();
      saved.remove();
      vi.restoreAllMocks();
    });

    const described = (output: PlainOutput): Record<string, PlainOutput> => {
      expect(output).toHaveLength(1);
      return (output as readonly Record<string, PlainOutput>[])[0]!;
    };

    it('takes rows, columns and typed columns, with params', { timeout: 60_000 }, async () => {
      await load({ inputs: columns, params });
      expect(model.selection.runtime).toBe('python');
      const rows = described(await model.predict([{ a: 1, s: 'x' }], { k: 2 }));
      expect(rows).toMatchObject({ type: 'DataFrame', params: "{'k': 2.0}" });
      expect(rows['values']).toContain("[[1.0, 'x']]");
      expect(described(await model.predict([[1, 'x']], { k: 2 }))).toEqual(rows);
      expect(described(await model.predict({ a: [1], s: ['x'] }, { k: 2 }))).toEqual(rows);
      await expect(model.predict([{ a: 'no number', s: 'x' }])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      await expect(model.predict([{ s: 'x' }])).rejects.toMatchObject({
        code: 'SCHEMA_ENFORCEMENT_FAILED',
      });
      await expect(model.predict([[1, 'x']], { k: 'no number' })).rejects.toMatchObject({
        code: 'INVALID_PARAMS',
      });
    });

    it('lets the worker parse what only MLflow knows', { timeout: 60_000 }, async () => {
      await load({ inputs: nested, params });
      const rows = described(await model.predict([{ tags: ['x', 'y'] }], { k: 2 }));
      expect(rows).toMatchObject({ type: 'DataFrame', params: "{'k': 2.0}" });
      expect(rows['values']).toContain("['x', 'y']");
      await expect(model.predict([{ tags: 'no list' }])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    });

    it('without a signature takes typed arrays and prompts', { timeout: 60_000 }, async () => {
      await load({ streamable: true });
      const typed = described(await model.predict({ a: Float32Array.of(1, 2) }));
      expect(typed).toMatchObject({ type: 'DataFrame', dtypes: ["dtype('float32')"] });
      const tensor = described(
        await model.predict({ data: Int32Array.of(1, 2, 3, 4), shape: [2, 2] }),
      );
      expect(tensor).toMatchObject({ type: 'ndarray', dtype: 'int32', shape: [2, 2] });
      const chat = { messages: [{ role: 'user', content: 'é' }] };
      expect(described(await model.predict(chat))).toMatchObject({ type: 'dict' });
      expect(await model.predict({ prompt: { do: 'echo', value: 2n ** 60n } })).toBe(2n ** 60n);
      const list = described(await model.predict({ prompt: ['x'], other: ['y'] }));
      expect(list).toMatchObject({ type: 'DataFrame' });
      const pid = await model.predict({ prompt: { do: 'process' } });
      const controller = new AbortController();
      const slow = model.predict({ prompt: { do: 'echo', value: 1, seconds: 1 } }, {}, controller);
      setTimeout(() => controller.abort(new Error('enough')), 50);
      await expect(slow).rejects.toThrow('enough');
      // The worker was busy, not hung: it is still the same one.
      expect(await model.predict({ prompt: { do: 'process' } })).toEqual(pid);
    });
  },
);
