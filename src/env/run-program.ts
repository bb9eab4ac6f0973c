/** Runs one program to its end: no shell, output line by line, ended with this process or by a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Options of {@link runProgram}. */
export interface RunProgramOptions {
  /** Working folder. Default: this process's own. */
  readonly directory?: string;
  /** The whole environment of the program. Default: this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Text for its stdin. Default: none, stdin is empty. */
  readonly input?: string;
  /** Gets each line as it comes, from both streams; progress that is drawn over counts as lines. */
  readonly onLine?: (line: string) => void;
  /** Ends the program, first politely. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface ProgramResult {
  /** As a shell has it: 127 where it cannot be started, 128 + the number of the signal that ended it. */
  readonly code: number;
  /** At most the first {@link outputLimit} characters. */
  readonly stdout: string;
  /** The last lines of both streams, in the order in which they came. */
  readonly tail: readonly string[];
}

/** Characters of stdout that are kept. */
export const outputLimit: number = 4 * 2 ** 20;

const tailLines = 60;
const lineLimit = 2000;
const graceMs = 3000;
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** Programs that run, so that none outlives this process. */
const running = new Set<ChildProcess>();
let isCleaning = false;

/**
 * Runs `file` with `args`. Resolves also when it fails: see {@link ProgramResult.code}.
 *
 * @throws the reason of the signal, once the program is gone
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<ProgramResult> {
  const { directory, environment = process.env, input, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(file, args, {
    cwd: directory,
    env: environment,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stopWatching = endWithUs(child, signal);
  const output = collectOutput(child, options.onLine);
  child.stdin?.on('error', () => undefined).end(input);
  try {
    const code = await waitForEnd(child, output.add);
    signal?.throwIfAborted();
    return { code, stdout: output.stdout(), tail: output.tail };
  } finally {
    stopWatching();
  }
}

function waitForEnd(child: ChildProcess, say: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      say(error.message);
      if (child.pid === undefined) resolve(127);
    });
    child.once('close', (code, name) => {
      resolve(code ?? 128 + (signalNumbers[name ?? ''] ?? 0));
    });
  });
}

/** Ends the child when the signal aborts or this process exits; gives back what takes the watch off. */
function endWithUs(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal?.addEventListener('abort', end, { once: true });
  running.add(child);
  if (!isCleaning) process.once('exit', endAll);
  isCleaning = true;
  return () => {
    signal?.removeEventListener('abort', end);
    clearTimeout(timer);
    running.delete(child);
  };
}

function endAll(): void {
  for (const child of running) child.kill('SIGTERM');
}

interface Output {
  readonly tail: string[];
  readonly add: (line: string) => void;
  stdout(): string;
}

function collectOutput(child: ChildProcess, onLine?: (line: string) => void): Output {
  const tail: string[] = [];
  let stdout = '';
  const add = (line: string): void => {
    const text = line.trimEnd().slice(0, lineLimit);
    if (text === '') return;
    tail.push(text);
    if (tail.length > tailLines) tail.shift();
    onLine?.(text);
  };
  readLines(child.stdout, add, (text) => {
    if (stdout.length < outputLimit) stdout += text.slice(0, outputLimit - stdout.length);
  });
  readLines(child.stderr, add);
  return { tail, add, stdout: () => stdout };
}

/** Lines end at a line feed or a carriage return; one without end is cut at the limit. */
function readLines(
  stream: Readable | null,
  onLine: (line: string) => void,
  onText?: (text: string) => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const text = decoder.write(chunk);
    onText?.(text);
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, lineLimit);
    for (const line of lines) onLine(line);
  });
  stream?.once('end', () => onLine(rest));
}
