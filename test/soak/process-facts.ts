/** What processes there are, and what they have open (Linux). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Pids of all that a process started, and those started by them. */
export function descendantsOf(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The command line of a process; empty when it is gone. */
export function commandOf(pid: number): string {
  return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** What a process has open: kinds of descriptors, and how many of each. Files go by their path. */
export function openFilesOf(pid: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const fd of list(`/proc/${pid}/fd`)) {
    const kind = targetOf(`/proc/${pid}/fd/${fd}`).replace(/:\[\d+\]$/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return 'gone';
  }
}
