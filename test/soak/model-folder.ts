/** A folder of models that are swapped, broken, taken away and put back, each in one step. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exampleBody, highAnswer, lowAnswer, putModel } from '../lifecycle/example-models.ts';
import { writeProbeModel } from '../python/probe-model.ts';

/** What stands at a place; each answers in a way of its own, if it does. */
export const kinds = ['low', 'high', 'broken'] as const;
export type Kind = (typeof kinds)[number];

/** A place for a model, and how to ask it. */
export interface ModelPlace {
  readonly name: string;
  readonly version: string | null;
  readonly isPython: boolean;
  readonly body: string;
  /** Whether an answer with status 200 is that of a kind. */
  readonly answers: (text: string, kind: Kind) => boolean;
}

/** How names begin that are no longer those of a place. */
const renamed = 'renamed-';

/** The folder; remove it when done. */
export class ModelFolder {
  readonly folder: string;
  readonly models: string;
  readonly #kinds: ReadonlyMap<string, Readonly<Record<Kind, string>>>;
  #links = 0;

  private constructor(folder: string, made: Map<string, Readonly<Record<Kind, string>>>) {
    this.folder = folder;
    this.models = path.join(folder, 'models');
    this.#kinds = made;
    mkdirSync(this.models);
  }

  /** Makes every kind once; what is put in place are links to them. */
  static async make(withPython: boolean): Promise<ModelFolder> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-operations-'));
    const native = { low: '', high: '', broken: '' };
    for (const kind of kinds) {
      native[kind] = path.join(folder, `native-${kind}`);
      putModel(native[kind], kind);
    }
    const made = new Map([['native', native]]);
    if (withPython) made.set('python', await makePython(folder));
    return new ModelFolder(folder, made);
  }

  /** Puts a kind in a place, whatever is there. */
  put(place: ModelPlace, kind: Kind): void {
    const target = this.#kinds.get(place.isPython ? 'python' : 'native')![kind];
    const link = path.join(this.folder, `link-${++this.#links}`);
    symlinkSync(target, link);
    const at = this.#pathOf(place);
    mkdirSync(path.dirname(at), { recursive: true });
    renameSync(link, at);
  }

  take(place: ModelPlace): void {
    rmSync(this.#pathOf(place), { force: true });
  }

  /** Gives what is in a place another name, that of no place. */
  rename(place: ModelPlace): void {
    const at = this.#pathOf(place);
    if (!existsSync(at)) return;
    renameSync(at, path.join(this.models, `${renamed}${++this.#links}`));
  }

  takeRenamed(): void {
    for (const name of readdirSync(this.models)) {
      if (name.startsWith(renamed)) rmSync(path.join(this.models, name));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #pathOf({ name, version }: ModelPlace): string {
    return path.join(this.models, name, ...(version === null ? [] : [version]));
  }
}

/** The one that is broken names a module that is not there. */
async function makePython(folder: string): Promise<Record<Kind, string>> {
  const made = { low: '', high: '', broken: '' };
  for (const kind of kinds) {
    const { folder: from } = await writeProbeModel({ config: { version: kind } });
    made[kind] = path.join(folder, `python-${kind}`);
    renameSync(from, made[kind]);
    if (kind === 'broken') rmSync(path.join(made[kind], 'code'), { recursive: true });
  }
  return made;
}

/** A place of a native model, or of a version of one. */
export function nativePlace(name: string, version: string | null = null): ModelPlace {
  const answers = (text: string, kind: Kind): boolean =>
    kind !== 'broken' && text === (kind === 'low' ? lowAnswer : highAnswer);
  return { name, version, isPython: false, body: exampleBody, answers };
}

/** A place of a Python model. */
export function pythonPlace(name: string): ModelPlace {
  return {
    name,
    version: null,
    isPython: true,
    body: '{"prompt": {"do": "settings"}}',
    answers: (text, kind) => text.includes(`"version": "${kind}"`),
  };
}
