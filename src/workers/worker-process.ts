/**
 * One child process with its connection: started in a group of its own, its output read by the line, and
 * ended so that nothing of it is left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { readLines } from './read-lines.ts';
import type { Message } from './message.ts';
import { MessageChannel } from './message-channel.ts';
import { withParentDeathSignal } from './parent-death-signal.ts';
import { type ProcessGroups, signalGroup } from './process-groups.ts';
import type { WorkerCommand } from './worker-pool-types.ts';

/** How a process ended: by itself, by a signal, or never started. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
}

/** Who is told what the process does. */
export interface ProcessListener {
  onMessage(message: Message, frameBytes: number): void;
  onNonsense(error: unknown): void;
  onLine(line: string): Promise<void> | void;
  /** The process has ended; what it sent before may still be on the way. */
  onExit(end: ProcessEnd): void;
  /** All that it sent has been read. */
  onGone(end: ProcessEnd): void;
}

/** Of the messages that the pool itself sends and expects. */
export const protocolVersion = 1;

/** After a stop message, before SIGTERM. */
const stopGraceMs = 1000;

/** After SIGTERM, before SIGKILL. */
const terminateGraceMs = 2000;

/** How long the output of an ended process is waited for, where something outside of its group holds it open. */
const readRestMs = 500;

/** A started process. */
export class WorkerProcess {
  /** 0 where none could be started. */
  readonly pid: number;
  /** Resolves when the process, its group and its connections are gone. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess | null;
  readonly #channel: MessageChannel | null;
  readonly #listener: ProcessListener;
  readonly #groups: ProcessGroups;
  #end: ProcessEnd | null = null;
  #connected = true;
  #goneResolve: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #killing = false;

  constructor(command: WorkerCommand, groups: ProcessGroups, listener: ProcessListener) {
    this.#listener = listener;
    this.#groups = groups;
    this.gone = new Promise((resolve) => {
      this.#goneResolve = resolve;
    });
    const { child, error } = start(command);
    this.#child = child;
    this.pid = child?.pid ?? 0;
    this.#channel = child === null ? null : this.#connect(child);
    if (this.#channel === null) {
      const end = { exitCode: null, signal: null, ...(error !== undefined && { error }) };
      setImmediate(() => this.#exited(end));
      return;
    }
    groups.add(this.pid);
    const { header, buffers } = command.start;
    this.#channel.send({ header: { ...header, protocol: protocolVersion }, buffers });
  }

  /** False once messages cannot reach it any more. */
  get connected(): boolean {
    return this.#connected && this.#end === null;
  }

  /** @throws WORKER_PROTOCOL when the message is too long */
  send(message: Message): void {
    this.#channel?.send(message);
  }

  /** It said that it ends; it is killed if it does not. */
  expectEnd(): void {
    if (this.#end === null && !this.#killing)
      this.#timer ??= setTimeout(() => this.kill(), stopGraceMs);
  }

  /** Asks the process to end, and sees to it that it does. */
  stop(): void {
    if (this.#end !== null || this.#killing || this.#timer !== undefined) return;
    this.send({ header: { type: 'stop' }, buffers: [] });
    this.#timer = setTimeout(() => this.terminate(), stopGraceMs);
  }

  /** Ends a process that need not or cannot finish anything. */
  terminate(): void {
    if (this.#end !== null || this.#killing) return;
    clearTimeout(this.#timer);
    this.#killing = true;
    this.send({ header: { type: 'stop' }, buffers: [] });
    signalGroup(this.pid, 'SIGTERM');
    this.#timer = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), terminateGraceMs);
  }

  /** Ends a process that cannot be trusted. */
  kill(): void {
    if (this.#end !== null) return;
    this.#killing = true;
    signalGroup(this.pid, 'SIGKILL');
  }

  #connect(child: ChildProcess): MessageChannel | null {
    const socket = child.stdio[3];
    if (child.pid === undefined || !(socket instanceof Socket)) {
      child.on('error', (error) => this.#exited({ exitCode: null, signal: null, error }));
      return null;
    }
    child.on('error', () => undefined);
    child.on('exit', (exitCode, signal) => this.#exited({ exitCode, signal }));
    child.on('close', () => this.#closed());
    child.stdin?.on('error', () => undefined);
    for (const output of [child.stdout, child.stderr] as readonly Readable[]) {
      readLines(output, (line) => this.#listener.onLine(line));
    }
    return new MessageChannel(socket, {
      onMessage: (message, frameBytes) => this.#listener.onMessage(message, frameBytes),
      onNonsense: (error) => this.#listener.onNonsense(error),
      onClosed: () => this.#disconnected(),
    });
  }

  #exited(end: ProcessEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    clearTimeout(this.#timer);
    if (this.pid === 0) this.#connected = false;
    // The pipes of a process end only when its forked children have ended too.
    else this.#groups.remove(this.pid);
    this.#listener.onExit(end);
    if (!this.#connected) this.#reportGone();
    if (this.pid === 0) this.#closed();
    // Once more round the loop: if we were busy ourselves, the rest may be there unread.
    else this.#timer = setTimeout(() => setImmediate(() => this.#abandonOutput()), readRestMs);
  }

  /** A process without its connection is of no use; it may just be ending. */
  #disconnected(): void {
    this.#connected = false;
    if (this.#end === null) this.expectEnd();
    else this.#reportGone();
  }

  #reportGone(): void {
    if (this.#end !== null) this.#listener.onGone(this.#end);
  }

  #abandonOutput(): void {
    this.#channel?.close();
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }

  #closed(): void {
    clearTimeout(this.#timer);
    this.#goneResolve();
  }
}

function start(command: WorkerCommand): { child: ChildProcess | null; error?: Error } {
  const [file, ...args] = withParentDeathSignal([command.file, ...command.args], 'KILL');
  try {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: command.environment,
      detached: true,
      ...(command.directory !== undefined && { cwd: command.directory }),
    });
    return { child };
  } catch (error) {
    // Where the system has no process or descriptor left, spawn throws at once.
    return { child: null, error: error as Error };
  }
}
