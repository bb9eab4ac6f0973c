/**
 * A folder of models under load, on the built command, while models are swapped, broken, taken away, put back, loaded and
 * unloaded, and processes killed, in random order: nobody gets an answer that may not be, and at the end everything is as
 * it should be, and nothing is left over.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { SeededNumbers } from '../../src/backend/verify/seeded-numbers.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { childrenOf, isAlive } from '../processes/serving-group.ts';
import { askAgain, type ClientTally, request } from './model-clients.ts';
import {
  type Kind,
  kinds,
  ModelFolder,
  type ModelPlace,
  nativePlace,
  pythonPlace,
} from './model-folder.ts';
import { commandOf, descendantsOf, openFilesOf } from './process-facts.ts';

/** Some in `npm test`; `npm run soak` asks for a minute. */
const seconds = Number(process.env['SLIPWAY_OPERATIONS_SECONDS'] ?? 4);
const seed = Number(process.env['SLIPWAY_OPERATIONS_SEED'] ?? 1);
/** Python models take seconds to load, so that there is no time for them in a short run. */
const hasPython = referencePython !== null && seconds >= 20;

const steady = nativePlace('steady');
const places: readonly ModelPlace[] = [
  nativePlace('a'),
  nativePlace('b'),
  nativePlace('v', '1'),
  nativePlace('v', '2'),
  ...(hasPython ? [pythonPlace('p')] : []),
];
const names = [...new Set(places.map(({ name }) => name))];

let folder: ModelFolder;
let server: ServedProcess;

afterEach(async () => {
  await (server as ServedProcess | undefined)?.kill();
  folder.remove();
});

async function start(workers: number): Promise<void> {
  folder = await ModelFolder.make(hasPython);
  for (const place of [steady, ...places]) folder.put(place, 'low');
  const temporary = path.join(folder.folder, 'tmp');
  mkdirSync(temporary);
  const given = {
    '--models': folder.models,
    '--default-model': 'steady',
    '--watch': '50ms',
    '--workers': String(workers),
    ...(hasPython && { '--env-manager': 'local', '--python': referencePython ?? '' }),
  };
  const env = { ...process.env, TMPDIR: temporary };
  server = await startServing(Object.entries(given).flat(), env);
}

const targetOf = ({ name, version }: ModelPlace): string =>
  version === null
    ? `/models/${name}/invocations`
    : `/models/${name}/versions/${version}/invocations`;

type Work = { readonly kills: number[]; readonly done: string[] };

/** One operation, chosen at random. */
async function operate(random: SeededNumbers, work: Work): Promise<void> {
  const place = random.pick(places);
  const what = random.pick([
    'put',
    'put',
    'put',
    'take',
    'load',
    'unload',
    'unload',
    'kill',
    'worker',
  ]);
  work.done.push(`${what} ${place.name}/${place.version}`);
  switch (what) {
    case 'put':
      return folder.put(place, random.pick(kinds));
    case 'take':
      return folder.take(place);
    case 'rename':
      return folder.rename(place);
    case 'load':
    case 'unload': {
      const target = `/v2/repository/models/${place.name}/${what}`;
      const reply = await request(server.port, target, { body: '{}' });
      // 500: what is there is broken. 503: it came to nothing for another reason.
      expect([200, 404, 500, 503, null]).toContain(reply?.status ?? null);
      if (reply?.status === 500) expect(reply.text).toMatch(/damaged|No module|NOT_NATIVE|cannot/);
      return;
    }
    default:
      return kill(random, what === 'worker', work);
  }
}

/** Kills a serving process, where there are several, or a Python worker. */
function kill(random: SeededNumbers, isWorker: boolean, { kills, done }: Work): void {
  const root = server.child.pid ?? 0;
  const servers = childrenOf(root).filter((pid) => commandOf(pid).includes('main.js serve'));
  const found = isWorker
    ? descendantsOf(root).filter((pid) => commandOf(pid).includes('worker.py'))
    : servers;
  // One process at a time, so that three failed starts in a row are no reason to end.
  if (found.length === 0 || (!isWorker && found.length < 2)) return;
  const victim = random.pick(found);
  done.push(`${isWorker ? 'worker' : 'process'} ${victim} killed`);
  kills.push(victim);
  process.kill(victim, 'SIGKILL');
}

function mayBe(place: ModelPlace): Parameters<typeof askAgain>[0]['mayBe'] {
  return ({ status, text }) => {
    if (status === 200) return kinds.some((kind) => place.answers(text, kind));
    if (status === 404) return true;
    // A Python worker was killed that had it in hand.
    if (status === 500) return place.isPython && text.includes('was ended by SIGKILL');
    return status === 503 && text.includes('is not ready');
  };
}

async function operateUnderLoad(random: SeededNumbers): Promise<readonly [Work, ClientTally[]]> {
  let isOver = false;
  const clients = [steady, steady, ...places].map((place, at) =>
    askAgain({
      port: server.port,
      target: at === 0 ? '/invocations' : targetOf(place),
      body: place.body,
      mayBe: place === steady ? ({ text }) => place.answers(text, 'low') : mayBe(place),
      isOver: () => isOver,
      pauseMs: 2,
    }),
  );
  const work: Work = { kills: [], done: [] };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await operate(random, work);
    await sleep(random.next() < 0.3 ? 0 : random.next() * 200);
  }
  isOver = true;
  return [work, await Promise.all(clients)];
}

/** Puts models in all places, and has them loaded. @returns what stands where */
async function restore(random: SeededNumbers): Promise<ReadonlyMap<ModelPlace, Kind>> {
  const now = new Map(places.map((place) => [place, random.pick(['low', 'high'] as Kind[])]));
  folder.takeRenamed();
  for (const [place, kind] of now) folder.put(place, kind);
  for (const name of names) {
    const load = (): ReturnType<typeof request> =>
      request(server.port, `/v2/repository/models/${name}/load`, { body: '{}' });
    // While a process is being replaced, the one that was asked may be lost.
    await until(async () => (await load())?.status === 200);
  }
  return now;
}

/** Whether each of some requests in a row, which the processes get in turn, is answered as it should be. */
async function allAnswer(now: ReadonlyMap<ModelPlace, Kind>): Promise<boolean> {
  for (const [place, kind] of [...now, [steady, 'low'] as const]) {
    for (let turn = 0; turn < 4; turn++) {
      const reply = await request(server.port, targetOf(place), { body: place.body });
      if (reply?.status !== 200 || !place.answers(reply.text, kind)) return false;
    }
  }
  return true;
}

/** How many descriptors each process of ours has open, of Node alone: the supervisor, and those that serve. */
function openFiles(): readonly number[] {
  const root = server.child.pid ?? 0;
  const all = [root, ...childrenOf(root)].filter((pid) => commandOf(pid).includes('main.js serve'));
  return all.map((pid) => [...openFilesOf(pid).values()].reduce((sum, count) => sum + count, 0));
}

async function sumOf(pattern: RegExp): Promise<number> {
  const text = (await request(server.port, '/metrics'))?.text ?? '';
  return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
}

function total(tallies: readonly ClientTally[], status: number): number {
  return tallies.reduce((sum, { statuses }) => sum + (statuses.get(status) ?? 0), 0);
}

/** Of a load that is over: answers may not be wrong, and are all counted. */
async function checkLoad(
  workers: number,
  { kills, done }: Work,
  tallies: readonly ClientTally[],
): Promise<void> {
  process.stdout.write(
    `operations, ${workers} processes: ${done.length}, ${kills.length} kills, answers ${total(tallies, 200)}, 404 ${total(tallies, 404)}, 503 ${total(tallies, 503)}\n`,
  );
  const wrong = tallies.flatMap((one) => one.wrong);
  expect(wrong, `seed ${seed}: ${done.join(', ')}`).toEqual([]);
  const lost = tallies.reduce((sum, one) => sum + one.lost, 0);
  expect(lost).toBeLessThanOrEqual(workers === 1 ? 0 : kills.length * tallies.length);
  const counted = await sumOf(/^slipway_requests_total\{.*model="steady".*code="200"\} (\d+)/gm);
  const answered = total(tallies.slice(0, 2), 200);
  // Counts of a process that was killed are gone.
  if (workers === 1) expect(counted).toBe(answered);
  else expect(counted).toBeLessThanOrEqual(answered);
}

/** Of a server whose models are all there again. */
async function checkRest(filesBefore: readonly number[]): Promise<void> {
  await until(async () => (await request(server.port, '/ping'))?.status === 200);
  expect(await sumOf(/^slipway_requests_in_flight (\d+)/gm)).toBe(1);
  expect(await sumOf(/^slipway_calls_running\{.*\} (\d+)/gm)).toBe(0);
  const models = (): Promise<number> => sumOf(/^slipway_model_info\{.*\} (\d+)/gm);
  await until(async () => (await models()) === places.length + 1);
  await until(() => {
    const files = openFiles();
    const isAsBefore = files.every((count, at) => count <= (filesBefore[at] ?? 0) + 4);
    return files.length === filesBefore.length && isAsBefore;
  });
}

describe.skipIf(process.platform !== 'linux').each([1, 2])(
  'random operations on models of %i processes (those of Python need the reference Python)',
  { timeout: seconds * 1000 + 120_000 },
  (workers) => {
    it('leave everything as it should be', async () => {
      await start(workers);
      const random = new SeededNumbers(seed * 10 + workers);
      const filesBefore = openFiles();
      const [work, tallies] = await operateUnderLoad(random);
      await checkLoad(workers, work, tallies);
      const now = await restore(random);
      await until(() => allAnswer(now));
      await checkRest(filesBefore);
      const all = descendantsOf(server.child.pid ?? 0);
      const toldMs = performance.now();
      server.child.kill('SIGTERM');
      expect(await server.ended).toEqual([0, null]);
      // Nothing was in flight that had to be cut off, which is done after 30 s.
      expect(performance.now() - toldMs).toBeLessThan(20_000);
      await until(() => !all.some(isAlive));
      expect(readdirSync(path.join(folder.folder, 'tmp'))).toEqual([]);
    });
  },
);
