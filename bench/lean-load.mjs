// Load by wrk where it is installed, which takes a tenth of the processor time of the generator in Node; else by that one.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { isThere, loadServer, processorSeconds } from './measured-server.mjs';

const script = `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open(os.getenv("BODY_FILE"), "rb")
wrk.body = file:read("*a")
file:close()
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requestsPerSecond":%f,"p50Ms":%f,"p99Ms":%f,"failures":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

/** Whole seconds; the same figures as {@link loadServer}, and which generator made the load. */
export async function loadLeanly(server, load) {
  if (process.platform !== 'linux' || !isThere('wrk')) {
    return { ...(await loadServer(server, load)), generator: 'node' };
  }
  const { connections, seconds, bodyFile } = load;
  const file = path.join(path.dirname(bodyFile), 'post.lua');
  writeFileSync(file, script);
  const url = `http://127.0.0.1:${server.port}/invocations`;
  const args = ['-t1', `-c${connections}`, `-d${seconds}`, '-s', file, url];
  const child = spawn('wrk', args, { env: { ...process.env, BODY_FILE: bodyFile } });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  const spent = watchProcessor(child.pid);
  await new Promise((resolve) => child.once('close', resolve));
  const line = printed.trim().split('\n').at(-1);
  return { ...JSON.parse(line), cores: spent() / seconds, generator: 'wrk' };
}

/** What a process had taken when it was last seen. */
function watchProcessor(pid) {
  let seconds = 0;
  const timer = setInterval(() => {
    try {
      seconds = processorSeconds(pid);
    } catch {
      // It has ended.
    }
  }, 20);
  return () => {
    clearInterval(timer);
    return seconds;
  };
}
