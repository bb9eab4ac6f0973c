/**
 * A lock between processes that survives crashes. Each holder adds a file with the next number, which only one
 * can do; the highest number holds. Nobody deletes the highest one, so that taking over from a dead holder is a single
 * atomic step.
 */
import { randomUUID } from 'node:crypto';
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOwnerAlive, type LockOwner, thisOwner } from './lock-owner.ts';

/** Options of {@link withLock}. */
export interface LockOptions {
  /** Hears once who holds the lock, before the wait for it. */
  readonly onWait?: (owner: LockOwner) => void;
  readonly signal?: AbortSignal;
  /** Time after which a holder on another machine counts as dead if it shows no sign of life. Default: 60 s. */
  readonly silenceMs?: number;
}

const pollMs = 100;
const beatMs = 5000;
const defaultSilenceMs = 60_000;

/**
 * Does `work` while no other process holds the lock of this `name` in `folder`.
 *
 * @throws the reason of the signal while it waits; whatever `work` throws
 */
export async function withLock<T>(
  folder: string,
  name: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const file = await takeLock(folder, name, options);
  const beat = setInterval(() => void touch(file), beatMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await replaceFile(file, '{}');
  }
}

/** One number of the lock, as it was read. */
interface Turn {
  readonly number: number;
  readonly file: string;
  /** null once released. */
  readonly owner: LockOwner | null;
  /** Changes with each sign of life. */
  readonly beat: number;
}

async function takeLock(folder: string, name: string, options: LockOptions): Promise<string> {
  const { onWait, signal, silenceMs = defaultSilenceMs } = options;
  const owner = await thisOwner();
  let seen = { number: -1, beat: 0, since: 0 };
  let isTold = false;
  for (;;) {
    signal?.throwIfAborted();
    const turn = await readTurn(folder, name);
    if (turn.number !== seen.number || turn.beat !== seen.beat) {
      seen = { number: turn.number, beat: turn.beat, since: performance.now() };
    }
    const isSilent = performance.now() - seen.since > silenceMs;
    if (turn.owner === null || !(await isOwnerAlive(turn.owner, isSilent))) {
      const file = await tryNext(folder, name, turn.number + 1, owner);
      if (file !== null) return file;
      continue;
    }
    if (!isTold) onWait?.(turn.owner);
    isTold = true;
    await sleep(pollMs, undefined, { ref: true });
  }
}

/** Adds the file of turn `number`; null when another was quicker. */
async function tryNext(
  folder: string,
  name: string,
  number: number,
  owner: LockOwner,
): Promise<string | null> {
  const file = turnFile(folder, name, number);
  const draft = path.join(folder, `${name}.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(owner));
  try {
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const numbers = await turnNumbers(folder, name);
  if (numbers.some((other) => other > number)) {
    await rm(file, { force: true }); // it was an old number, freed after we looked
    return null;
  }
  for (const other of numbers) {
    if (other < number) await rm(turnFile(folder, name, other), { force: true });
  }
  return file;
}

async function readTurn(folder: string, name: string): Promise<Turn> {
  const number = Math.max(0, ...(await turnNumbers(folder, name)));
  const file = turnFile(folder, name, number);
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { number, file, owner: parseOwner(text), beat: mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { number, file, owner: null, beat: 0 };
    throw error;
  }
}

function parseOwner(text: string): LockOwner | null {
  try {
    const value = JSON.parse(text) as Partial<LockOwner>;
    const { pid, place, startedAt = null } = value;
    return typeof pid === 'number' && typeof place === 'string' ? { pid, place, startedAt } : null;
  } catch {
    return null; // files are put in place complete, so this one is not ours
  }
}

async function turnNumbers(folder: string, name: string): Promise<readonly number[]> {
  const prefix = `${name}.lock.`;
  const entries = await readdir(folder);
  return entries
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => Number(entry.slice(prefix.length)))
    .filter((number) => Number.isSafeInteger(number) && number > 0);
}

function turnFile(folder: string, name: string, number: number): string {
  return path.join(folder, `${name}.lock.${number}`);
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}-${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
