/** Who holds a lock, and whether that process still runs; a process id alone may have been given to another since. */
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';
import { runProgram } from './run-program.ts';

/** A process, told from others that had or will have its number. */
export interface LockOwner {
  readonly pid: number;
  /** Machine, its start and the process namespace. */
  readonly place: string;
  /** When it started, in whatever form the system gives it; null where it gives none. */
  readonly startedAt: string | null;
}

let own: Promise<LockOwner> | undefined;

/** This process. */
export function thisOwner(): Promise<LockOwner> {
  return (own ??= describeThis());
}

async function describeThis(): Promise<LockOwner> {
  const [boot, namespace, startedAt] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    startOf(process.pid),
  ]);
  const place = [os.hostname(), boot.trim(), namespace].join('/');
  return { pid: process.pid, place, startedAt };
}

/** `isSilent` decides for a process elsewhere, which cannot be looked at: it counts as dead after a long silence. */
export async function isOwnerAlive(owner: LockOwner, isSilent: boolean): Promise<boolean> {
  const { place } = await thisOwner();
  if (owner.place !== place) return !isSilent;
  if (!exists(owner.pid)) return false;
  return owner.startedAt === null || (await startOf(owner.pid)) === owner.startedAt;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  }
  if (process.platform === 'win32') return null;
  const { code, stdout } = await runProgram('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return code === 0 ? stdout.trim() : null;
}
