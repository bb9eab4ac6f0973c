/** The access log of servers that are told to stop under load: a line for each answer, and each line whole. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ask, exampleModel, serveGroup } from './serving-group.ts';

const timeout = 60_000;

/** Clients that each ask until their connection is refused or closed. @returns answers of 200 */
async function askUntilEnd(port: number, onAnswer: (answers: number) => void): Promise<number> {
  let answers = 0;
  const lanes = Array.from({ length: 8 }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const answer = await ask(port, agent).catch(() => null);
      if (answer === null) break;
      expect(answer.status).toBe(200);
      onAnswer(++answers);
    }
    agent.destroy();
  });
  await Promise.all(lanes);
  return answers;
}

it.skipIf(process.platform !== 'linux').each([
  { workers: 1, place: 'a file' },
  { workers: 2, place: 'a file' },
  { workers: 2, place: 'stderr' },
])('of $workers in $place loses nothing at SIGTERM', { timeout }, async ({ workers, place }) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-log-'));
  const file = path.join(folder, 'access.log');
  const log = place === 'stderr' ? ['--access-log'] : ['--access-log', file];
  const args = ['-m', exampleModel, '--runtime', 'native', '--workers', String(workers), ...log];
  const { child, port, ended, errors } = await serveGroup(args);
  const answered = await askUntilEnd(port, (answers) => {
    if (answers === 3000) child.kill('SIGTERM');
  });
  expect(await ended).toBe(0);
  const text = place === 'stderr' ? errors() : readFileSync(file, 'latin1');
  rmSync(folder, { recursive: true });
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(entries.filter(({ status }) => status === 200)).toHaveLength(answered);
  expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(entries.length);
  expect(new Set(entries.map(({ pid }) => pid)).size).toBe(workers);
});
