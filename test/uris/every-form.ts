/** Every form of URI by which a model on a tracking server is named, and what must be so for each of them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { example, type Tracking } from './tracking-fixture.ts';

const slowMs = 120_000;

/** By model; the words are explained in tracking-fixture.ts. */
const forms = {
  native: [
    'models:/diabetes/1',
    'models:/diabetes@champion',
    'models:/diabetes/latest',
    'models:/diabetes/Production',
    'models:/nested/1/classic',
    'models:/nested@champion/classic',
    'models:/nested/latest/classic',
    'models:/NATIVE',
    'runs:/RUN/native',
    'runs:/RUN/classic',
    'mlflow-artifacts:/EXPERIMENT/RUN/artifacts/classic',
    'mlflow-artifacts://HOST/EXPERIMENT/RUN/artifacts/classic',
    'URL/api/2.0/mlflow-artifacts/artifacts/EXPERIMENT/RUN/artifacts/classic',
  ],
  python: [
    'models:/echo/1',
    'models:/echo@champion',
    'models:/echo/latest',
    'models:/echo/Production',
    'models:/nested/1/classic-echo',
    'models:/nested@champion/classic-echo',
    'models:/MODEL',
    'runs:/RUN/model',
    'runs:/RUN/classic-echo',
    'mlflow-artifacts:/EXPERIMENT/RUN/artifacts/classic-echo',
    'mlflow-artifacts://HOST/EXPERIMENT/RUN/artifacts/classic-echo',
    'URL/api/2.0/mlflow-artifacts/artifacts/EXPERIMENT/RUN/artifacts/classic-echo',
  ],
} as const;

/** Every form, of either model. */
export const everyForm: readonly string[] = [...forms.native, ...forms.python];

/** The bytes that `slipway predict` writes for `uri`; settings are those of the process. */
async function predict(uri: string, folder: string): Promise<string> {
  const outputPath = path.join(folder, 'predicted.json');
  const inputPath = path.join(example, 'serving_input_example.json');
  const backend = await getFlavorBackend(uri, { environment: { envManager: 'local' } });
  await backend.predict(uri, { inputPath, outputPath, contentType: 'json' });
  return readFile(outputPath, 'utf8');
}

/** Does `work` with the settings `environment`. */
export async function withSettings<T>(
  environment: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await work();
  } finally {
    process.env = before;
  }
}

/** A test for each form of the native model. */
export function itPredictsTheSameBytes(tracking: () => Tracking): void {
  it.each(forms.native)(
    '%s predicts the bytes that the folder predicts',
    async (form) => {
      const { expand, environment, folder } = tracking();
      await withSettings(environment('native'), async () => {
        const expected = await predict(example, folder);
        expect(JSON.parse(expected)).toHaveProperty('predictions');
        expect(await predict(expand(form), folder)).toBe(expected);
      });
    },
    slowMs,
  );
}

/** A test for the forms of the Python model; it starts a Python for each folder that they lead to. */
export function itPredictsTheSameBytesInPython(tracking: () => Tracking): void {
  it('every form of a Python model predicts the bytes that the folder predicts', async () => {
    const { expand, environment, folder, ids } = tracking();
    const extra = { PATH: `${path.dirname(referencePython ?? '')}:${process.env['PATH'] ?? ''}` };
    await withSettings({ ...environment('python'), ...extra }, async () => {
      const logged = path.join('artifacts', ids.experiment, 'models', ids.model, 'artifacts');
      const expected = await predict(path.join(folder, logged), folder);
      expect(JSON.parse(expected)).toHaveProperty('predictions');
      // Forms that lead to one folder of the cache predict alike: a Python takes seconds of a core.
      const known = new Set<string>();
      for (const form of forms.python) {
        const uri = expand(form);
        const directory = await resolveModelUri(uri);
        if (!known.has(directory)) expect(await predict(uri, folder), form).toBe(expected);
        known.add(directory);
      }
    });
  }, 300_000);
}

/** A test for each form: as many requests as MLflow's client makes, or fewer, and none twice for a file. */
export function itAsksNoMoreThanMlflow(tracking: () => Tracking): void {
  it.each(everyForm)(
    '%s: no more requests than MLflow, each file once',
    async (form) => {
      const { expand, environment, server, askedByMlflow } = tracking();
      const uri = expand(form);
      const theirs = await askedByMlflow(uri);
      await resolveModelUri(uri, { environment: environment('counted'), noCache: true });
      const ours = await server.requests();
      expect(ours.length).toBeGreaterThan(0);
      expect(ours.length, ours.join('\n')).toBeLessThanOrEqual(theirs.length);
      const files = ours.filter((line) => line.includes('/mlflow-artifacts/artifacts/'));
      expect(files.length).toBe(new Set(files).size);
    },
    slowMs,
  );
}
