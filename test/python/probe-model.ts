/** Saved models around test/fixtures/python/slipway_probe.py, made in a temporary folder. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { projectRoot } from '../architecture/source-files.ts';

/** What differs between the models. */
export interface ProbeOptions {
  /** `inputs` of the signature, as in an MLmodel file. */
  readonly inputs?: readonly object[];
  readonly params?: readonly object[];
  readonly streamable?: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A model folder; remove it when done. */
export interface ProbeModel {
  readonly model: SavedModel;
  readonly folder: string;
  remove(): void;
}

/** Writes a model. */
export async function writeProbeModel(options: ProbeOptions = {}): Promise<ProbeModel> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-probe-'));
  const code = path.join(folder, 'code');
  mkdirSync(code);
  cpSync(
    path.join(projectRoot, 'test/fixtures/python/slipway_probe.py'),
    path.join(code, 'slipway_probe.py'),
  );
  writeFileSync(path.join(folder, 'MLmodel'), JSON.stringify(mlmodel(options)));
  const model = await readSavedModel(folder);
  return { model, folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** YAML takes JSON. */
function mlmodel({ inputs, params, streamable, config }: ProbeOptions): object {
  const signature = {
    inputs: inputs === undefined ? null : JSON.stringify(inputs),
    outputs: null,
    params: params === undefined ? null : JSON.stringify(params),
  };
  return {
    flavors: {
      python_function: {
        loader_module: 'slipway_probe',
        code: 'code',
        ...(streamable === true && { streamable: true }),
        ...(config !== undefined && { config }),
      },
    },
    mlflow_version: '3.17.2',
    ...((inputs !== undefined || params !== undefined) && { signature }),
  };
}
