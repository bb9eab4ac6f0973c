// npm start: installs and builds when stale, then serves the bundled example on port 5000, or a free port
// if that is taken, and prints a curl line that works when pasted.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { ensureBuilt, root } from './ensure-built.mjs';

ensureBuilt();

const host = '127.0.0.1';
const model = path.join(root, 'examples', 'diabetes', 'model');
const port = (await isFree(5000)) ? 5000 : 0;
const main = path.join(root, 'dist', 'cli', 'main.js');
const args = [
  '--max-semi-space-size=1',
  main,
  'serve',
  '-m',
  model,
  '--host',
  host,
  '--port',
  String(port),
  '--json',
];
const server = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'] });

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGTERM'));
server.on('exit', (code) => process.exit(code ?? 1));

let text = '';
server.stdout.on('data', (chunk) => {
  text += chunk;
  const end = text.indexOf('\n');
  if (end < 0) return;
  const { url } = JSON.parse(text.slice(0, end));
  text = text.slice(end + 1);
  console.log(`Serving examples/diabetes/model at ${url} (Ctrl-C stops it). Try:`);
  console.log(curlLine(url));
});

function curlLine(url) {
  const example = JSON.parse(readFileSync(path.join(model, 'serving_input_example.json'), 'utf8'));
  const body = JSON.stringify(example).replaceAll("'", String.raw`'\''`);
  return `curl -s ${url}/invocations -H 'Content-Type: application/json' -d '${body}'`;
}

function isFree(candidate) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(candidate, host, () => probe.close(() => resolve(true)));
  });
}
