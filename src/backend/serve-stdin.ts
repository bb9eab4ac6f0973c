/**
 * Serves a model to the process at the other end of stdin: a request per line, an answer for each, in order.
 * A bad line is answered with an error and ends nothing. Source: MLflow 3.17.2 pyfunc/stdin_server.py.
 */
import { appendFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import type { ScoringLimits } from '../contract/flavor-backend.ts';
import type { PyValue } from '../data/py-value.ts';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { encodeValue } from '../payload/encode-value.ts';
import type { ScoringService } from '../scoring/scoring-service.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openService } from './open-service.ts';
import { readLines } from './read-lines.ts';
import type { Selection } from './select-runtime.ts';
import { readStdinRequest } from './stdin-request.ts';
import { openUnless, waitForStop } from './wait-for-stop.ts';

/** Streams and hooks of {@link serveStdin}. */
export interface ServeStdinHooks {
  readonly stdin: Readable;
  /** Gets the answers to lines without `output_file`. */
  readonly stdout: Writable;
  readonly onSelected?: (selection: Selection) => void;
  /** Called once, when the model is ready. */
  readonly onReady?: (selection: Selection) => void;
  /** Stops, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/** Longest line: what the HTTP server takes as a body. */
const longestLineBytes = 2 ** 30;

/**
 * Answers line after line; resolves with 0 at the end of stdin, or when told to stop.
 *
 * @throws the codes of opening a model
 */
export async function serveStdin(
  uri: string,
  limits: ScoringLimits,
  options: ResolvedBackendOptions,
  { stdin, stdout, onReady, onSelected, signal }: ServeStdinHooks,
): Promise<number> {
  const ended = new AbortController();
  const end = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]);
  const stopped = waitForStop(null, end);
  const hooks = onSelected === undefined ? {} : { onSelected };
  try {
    const opened = await openUnless(stopped, (stop) =>
      openService(uri, limits, options, { ...hooks, signal: stop }),
    );
    if (opened === null) return 0;
    void stopped.then(() => stdin.destroy());
    onReady?.(opened.selection);
    return await answerUntilEnd(opened.service, stdin, stdout);
  } finally {
    ended.abort();
    await stopped;
  }
}

async function answerUntilEnd(
  service: ScoringService,
  stdin: Readable,
  stdout: Writable,
): Promise<number> {
  try {
    await answerLines(service, stdin, stdout);
    return 0;
  } catch (error) {
    if (stdin.destroyed && stdin.errored === null) return 0;
    throw error;
  } finally {
    await service.close();
  }
}

async function answerLines(
  service: ScoringService,
  stdin: Readable,
  stdout: Writable,
): Promise<void> {
  for await (const line of readLines(stdin, longestLineBytes)) {
    if (line === null || !isBlank(line)) await answerLine(service, line, stdout);
  }
}

/** Only a line that a person would leave blank is looked through. */
function isBlank(line: Buffer): boolean {
  return line.length < 100 && line.toString('latin1').trim() === '';
}

async function answerLine(
  service: ScoringService,
  line: Buffer | null,
  stdout: Writable,
): Promise<void> {
  const { id, outputFile, body } = readStdinRequest(line);
  const answer = await scoreBody(service, body, id);
  if (outputFile === null) return print(stdout, answer);
  try {
    await appendFile(outputFile, answer);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `The answer cannot be appended to ${outputFile}: ${why}.`;
    const error = slipwayError('OUTPUT_FILE_UNWRITABLE', message, { cause });
    await print(stdout, errorLine(id, error));
  }
}

async function scoreBody(
  service: ScoringService,
  body: () => Buffer,
  id: PyValue,
): Promise<string> {
  try {
    const predictions = await service.score({
      body: body(),
      contentType: 'application/json',
      startedAtMs: performance.now(),
      bare: true,
    });
    return `{"predictions": ${predictions}, "id": ${jsonOf(id)}}`;
  } catch (error) {
    return errorLine(id, error);
  }
}

/** The message as the command line prints it; a bug is told to stderr instead. */
function errorLine(id: PyValue, error: unknown): string {
  if (!isSlipwayError(error)) console.error('slipway: unexpected error in a request:', error);
  const message = isSlipwayError(error) ? `${error.message} [${error.code}]` : 'Internal error';
  return `{"id": ${jsonOf(id)}, "error": ${jsonOf(message)}}`;
}

function jsonOf(value: PyValue): string {
  return encodeValue(value, { nonFinite: 'tokens', wrap: false });
}

function print(stdout: Writable, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}
