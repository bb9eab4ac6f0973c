// A child process that keeps N connections busy with one request for some seconds, and reports what came back, and how many
// cores it took itself.
// Arguments: PORT CONNECTIONS SECONDS BODY_FILE PATH. Raw sockets, since an HTTP client costs more than the server.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { quantile } from './statistics.mjs';

const [port, connections, seconds, bodyFile, requestPath] = process.argv.slice(2);
const body = readFileSync(bodyFile);
const request = Buffer.concat([
  Buffer.from(
    `POST ${requestPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  ),
  body,
]);

const latencies = [];
let failures = 0;
let open = Number(connections);
const end = performance.now() + Number(seconds) * 1000;
const started = performance.now();
// What it took to start is no part of the load.
const cpuBefore = process.cpuUsage();

for (let i = 0; i < Number(connections); i++) connect();

function connect() {
  const socket = net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  let sent = 0;
  let missing = -1;
  const send = () => {
    if (performance.now() >= end) {
      socket.destroy();
      if (--open === 0) report();
      return;
    }
    sent = performance.now();
    missing = -1;
    socket.write(request);
  };
  socket.on('connect', send);
  socket.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  socket.on('data', (chunk) => {
    missing = missing < 0 ? missingAfterHead(chunk) : missing - chunk.length;
    if (missing > 0) return;
    latencies.push(performance.now() - sent);
    send();
  });
}

/** Bytes of the body still to come after the chunk with the head. */
function missingAfterHead(chunk) {
  const head = chunk.toString('latin1', 0, Math.min(chunk.length, 600));
  if (!head.startsWith('HTTP/1.1 200')) failures++;
  const length = /content-length: (\d+)/i.exec(head);
  return head.indexOf('\r\n\r\n') + 4 + Number(length?.[1] ?? 0) - chunk.length;
}

function report() {
  const elapsed = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  console.log(
    JSON.stringify({
      requestsPerSecond: latencies.length / elapsed,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      failures,
      cores: (cpu.user + cpu.system) / 1e6 / elapsed,
    }),
  );
}
