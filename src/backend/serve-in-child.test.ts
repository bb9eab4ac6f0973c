/** The server on a real socket, in a process of its own: signals, drain, parent death, malformed HTTP. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerHandle } from '../contract/flavor-backend.ts';
import { canConnect, until } from '../../test/lifecycle/served-process.ts';
import { getFlavorBackend } from './get-flavor-backend.ts';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/cli/main.js');
const model = path.join(root, 'examples/diabetes/model');
const example = readFileSync(path.join(model, 'serving_input_example.json'), 'utf8');
const handles: ServerHandle[] = [];

afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.terminate()));
});

async function serve(port = 0): Promise<ServerHandle> {
  const backend = await getFlavorBackend(model);
  const handle = await backend.serve(model, {
    port,
    host: '127.0.0.1',
    synchronous: false,
    stdout: 'ignore',
    stderr: 'ignore',
  });
  handles.push(handle);
  return handle;
}

async function conversation(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.setEncoding('utf8').write(text);
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  await once(socket, 'close');
  return answer;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('serve with synchronous: false', () => {
  it('gives a handle at once, an address when ready, and ends with 0 on SIGTERM', async () => {
    const handle = await serve();
    expect(isAlive(handle.pid)).toBe(true);
    const { url } = await handle.ready;
    const answer = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: example,
    });
    expect(await answer.text()).toMatch(/^\{"predictions": \[[0-9.]+, [0-9.]+\]\}$/);
    expect(await handle.terminate()).toBe(0);
    expect(await handle.wait()).toBe(0);
  });

  it('finishes what is in flight when it is told to stop', async () => {
    const handle = await serve();
    const { port } = await handle.ready;
    const head = `POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${example.length}\r\n\r\n`;
    const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk));
    await once(socket, 'connect');
    socket.write(head + example.slice(0, 10));
    process.kill(handle.pid, 'SIGINT');
    await until(async () => !(await canConnect(port)));
    socket.write(example.slice(10));
    await once(socket, 'close');
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(answer).toContain('connection: close');
    expect(await handle.wait()).toBe(0);
  });

  it('refuses a taken port in one line, exit 1', async () => {
    const { port } = await (await serve()).ready;
    const second = await serve(port);
    await expect(second.ready).rejects.toMatchObject({ code: 'SERVER_ENDED' });
    expect(await second.wait()).toBe(1);
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, 'serve', '-m', model, '-p', String(port)],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^slipway: Port \d+ on 127\.0\.0\.1 is taken .*\[PORT_IN_USE\]\n$/);
  });

  it('dies with its parent, even after SIGKILL', async () => {
    const program = `
      import { getFlavorBackend } from ${JSON.stringify(path.join(root, 'dist/index.js'))};
      const backend = await getFlavorBackend(${JSON.stringify(model)});
      const handle = await backend.serve(${JSON.stringify(model)}, { port: 0, synchronous: false, stdout: 'ignore' });
      await handle.ready;
      console.log(handle.pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  it('answers malformed HTTP as uvicorn does', async () => {
    const { port } = await (await serve()).ready;
    const answer = await conversation(
      port,
      'POST /invocations HTTP/1.1\r\ncontent-length: x\r\n\r\n',
    );
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(head).toContain('connection: close');
    expect(head).toContain('content-type: text/plain; charset=utf-8');
    expect(body).toBe('Invalid HTTP request received.');
  });
});
