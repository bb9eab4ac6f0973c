/**
 * The process groups of a pool's workers, so that nothing is left of them, not even what they forked: they are
 * killed when this process exits, and, where it cannot do that itself (SIGKILL, a crash), by a guard: a shell
 * that waits for the end of its stdin.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Lines `+ group` and `- group`; at the end of the input every group that is left is killed. */
const guardScript = `
groups=
while read -r change group; do
  rest=
  for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done
  groups=$rest
  [ "$change" = + ] && groups="$groups $group"
done
for each in $groups; do kill -s KILL -- "-$each"; done
`;

/** Signals a process and all that it started and that stayed in its group. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? group : -group, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Those that have something to kill when this process exits. */
const open = new Set<ProcessGroups>();

function killAll(): void {
  for (const groups of open) groups.killAll();
}

/** Live groups of one pool. */
export class ProcessGroups {
  readonly #live = new Set<number>();
  readonly #guard: ChildProcess | null;

  /** @param environment of the guard: that of the workers, so that whoever looks for them by it finds it too */
  constructor(environment: Readonly<Record<string, string>>) {
    if (open.size === 0) process.on('exit', killAll);
    open.add(this);
    this.#guard = startGuard(environment);
  }

  add(group: number): void {
    this.#live.add(group);
    this.#guard?.stdin?.write(`+ ${group}\n`);
  }

  /** Kills what is left of a group whose first process has ended. */
  remove(group: number): void {
    signalGroup(group, 'SIGKILL');
    if (this.#live.delete(group)) this.#guard?.stdin?.write(`- ${group}\n`);
  }

  killAll(): void {
    for (const group of this.#live) signalGroup(group, 'SIGKILL');
  }

  /** Ends the guard. To be called when every group has been removed. */
  async close(): Promise<void> {
    open.delete(this);
    if (open.size === 0) process.off('exit', killAll);
    const guard = this.#guard;
    if (guard === null || guard.pid === undefined) return;
    if (guard.exitCode !== null || guard.signalCode !== null) return;
    guard.ref();
    const exit = once(guard, 'exit');
    guard.stdin?.end();
    await exit;
  }
}

/**
 * In a session of its own: neither a terminal's signals nor those to our group end it before us. Where it cannot
 * be started the other ways remain: the worker's own watch of its stdin, and setpriv.
 */
function startGuard(environment: Readonly<Record<string, string>>): ChildProcess | null {
  if (process.platform === 'win32') return null;
  try {
    const guard = spawn('/bin/sh', ['-c', guardScript, 'slipway-worker-guard'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: environment,
      cwd: '/',
    });
    guard.on('error', () => undefined);
    guard.stdin?.on('error', () => undefined);
    guard.unref();
    return guard;
  } catch {
    return null;
  }
}
