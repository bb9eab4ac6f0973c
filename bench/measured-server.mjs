// One server under measurement: start, time to ready, memory of its process tree, load, stop.
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './reference.mjs';

const execute = promisify(execFile);

/** A free port of 127.0.0.1. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts `command(port)` and waits until `/ping` answers. */
export async function startServer(name, command) {
  const port = await freePort();
  const [file, ...args] = command(port);
  const started = performance.now();
  const child = spawn(file, args, { stdio: 'ignore', detached: true, cwd: projectRoot });
  await waitForPing(port, child);
  const readyMs = performance.now() - started;
  return { name, port, readyMs, child, pid: child.pid };
}

/** Asked more often, a server that is loading would spend its start on answering. Probes ask every second. */
const pollMs = 10;

async function waitForPing(port, child) {
  for (let tries = 0; tries < 20_000; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (await answersPing(port)) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error('the server did not get ready');
}

/** A bare socket: a client library would spend as much time on its first request as Slipway needs to start. */
function answersPing(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () =>
      socket.write('GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    );
    socket.once('data', (data) => resolve(data.toString('latin1').startsWith('HTTP/1.1 200')));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

/** Ends the process group. */
export async function stopServer({ child }) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing is left
  }
}

/** A process and everything below it (Linux). */
export function processTree(root) {
  const parents = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(entry), Number(parent));
    } catch {
      // it has ended meanwhile
    }
  }
  const tree = [root];
  for (let i = 0; i < tree.length; i++)
    for (const [pid, parent] of parents) if (parent === tree[i]) tree.push(pid);
  return tree;
}

/** Resident megabytes of a process and everything below it (Linux). */
export function residentMegabytes(pid) {
  const tree = processTree(pid);
  const pages = tree.map((p) => Number(readFileSync(`/proc/${p}/statm`, 'latin1').split(' ')[1]));
  return pages.reduce((sum, n) => sum + n * 4096, 0) / 1e6;
}

/** Seconds of processor time that all programs of the machine have taken so far (Linux). */
export function machineSeconds() {
  const [line] = readFileSync('/proc/stat', 'latin1').split('\n', 1);
  const [user, nice, system, , , irq, softirq, steal] = line.split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

/** Whether a program is on PATH. */
export function isThere(program) {
  return process.env.PATH.split(path.delimiter).some((folder) =>
    existsSync(path.join(folder, program)),
  );
}

/** Seconds of processor time that a process has taken so far (Linux). */
export function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Loads a server: { requestsPerSecond, p50Ms, p99Ms, failures }. */
export async function loadServer({ port }, { connections, seconds, bodyFile }) {
  const { stdout } = await execute(process.execPath, [
    path.join(projectRoot, 'bench/load-generator.mjs'),
    String(port),
    String(connections),
    String(seconds),
    bodyFile,
    '/invocations',
  ]);
  return JSON.parse(stdout);
}
