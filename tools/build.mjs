// npm run build: kernels → WebAssembly in generated modules, TypeScript → dist, and the command as one bundle.
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, run, runTool, sourceHash } from './ensure-built.mjs';

/** Asked for at the start and used by few runs: 30 ms that only those should pay. Imported as a whole, never by name. */
const lazyModules = ['node:https', 'node:http2', 'node:tls', 'node:cluster'];
const lazyPrefix = '\0lazy:';

/** Compilers of JSON schemas, which Fastify takes where routes have schemas: ours have none (src/server/create-app.ts). */
const unusedModules = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];
const unusedModule = '\0unused';

/** Loaded from where the user installed them, when a model asks for them. */
const optionalPackages = Object.keys(
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).optionalDependencies ?? {},
);

const lazyBuiltins = {
  name: 'lazy-builtins',
  resolveId: (id) => (lazyModules.includes(id) ? `${lazyPrefix}${id}` : null),
  load: (id) =>
    id.startsWith(lazyPrefix)
      ? `module.exports = new Proxy({}, { get: (_target, key) => process.getBuiltinModule('${id.slice(lazyPrefix.length)}')[key] });`
      : null,
};

const leaveOutUnused = {
  name: 'leave-out-unused',
  resolveId: (id) => (unusedModules.includes(id) ? unusedModule : null),
  load: (id) => (id === unusedModule ? 'module.exports = null;' : null),
};

ensureInstalled();
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
run(process.execPath, [path.join(root, 'tools', 'build-kernels.mjs')]);
runTool('typescript', ['-p', 'tsconfig.build.json']);
await bundleCommand(await bundleThreads());
await keepCompiledCommand();
writeFileSync(path.join(dist, '.build-stamp'), sourceHash());

/**
 * Finding and reading some 280 modules takes longer than running them, so the command and its libraries become one
 * file, in the form that V8's code cache takes: a script (docs/adr/0005). `main.js` launches it. Both stand at the
 * same depth as before: paths relative to the package stay right.
 */
async function bundleCommand(inThreads) {
  const folder = path.join(dist, 'cli');
  const bundled = path.join(dist, '.cli');
  const modules = await bundle(path.join(folder, 'main.js'), path.join(bundled, 'bundle.js'));
  const libraries = JSON.stringify(librariesOf([...modules, ...inThreads]), null, 2);
  writeFileSync(path.join(bundled, 'libraries.json'), `${libraries}\n`);
  await bundle(path.join(folder, 'launch.js'), path.join(bundled, 'main.js'));
  await bundle(path.join(folder, 'healthcheck.js'), path.join(bundled, 'healthcheck.js'));
  wrap(path.join(bundled, 'bundle.js'));
  writeFileSync(path.join(bundled, 'package.json'), '{ "type": "commonjs" }\n');
  rmSync(folder, { recursive: true });
  renameSync(bundled, folder);
  chmodSync(path.join(folder, 'main.js'), 0o755);
}

/** A thread has a file of its own: with its libraries in it, an image needs no other file. @returns its modules */
async function bundleThreads() {
  const threads = [
    'payload/parquet/parquet-thread.js',
    'payload/apart/body-thread.js',
    'observe/payloads/table-thread.js',
    'server/zstd/zstd-thread.js',
  ];
  const modules = [];
  for (const file of threads.map((name) => path.join(dist, name))) {
    const bundled = `${file}.bundled`;
    modules.push(...(await bundle(file, bundled, 'esm')));
    renameSync(bundled, file);
  }
  return modules;
}

/** Serves once, so that the compiled form of the command is there before its first user comes (src/cli/launch.ts). */
function keepCompiledCommand() {
  const model = path.join(root, 'examples', 'diabetes', 'model');
  const args = ['--max-semi-space-size=1', path.join(dist, 'cli', 'main.js')];
  const server = spawn(process.execPath, [...args, 'serve', '-m', model, '-p', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server.stdout.setEncoding('utf8').on('data', async (line) => {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) await fetch(`${url}/ping`).finally(() => server.kill('SIGTERM'));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`the built command ended with ${code}`)),
    );
  });
}

async function bundle(input, file, format = 'cjs') {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input,
    platform: 'node',
    logLevel: 'warn',
    plugins: [lazyBuiltins, leaveOutUnused],
    external: (id) => optionalPackages.includes(id),
  });
  const { output } = await build.write({ file, format, minify: true, codeSplitting: false });
  await build.close();
  const text = readFileSync(file, 'utf8');
  if (/\P{ASCII}/u.test(text)) writeFileSync(file, escapeNonAscii(text));
  // What V8 takes from its cache has no way to load modules: see src/cli/launch.ts.
  if (/\bimport\s*\(/.test(text)) throw new Error(`${file} has an import(); use createRequire()`);
  return output.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** The bundle as the expression of a function, which its launcher calls as Node does: joined there, it would be copied. */
function wrap(file) {
  const parameters = 'exports, require, module, __filename, __dirname';
  writeFileSync(file, `(function (${parameters}) {${readFileSync(file, 'latin1')}\n})`, 'latin1');
}

/** Whose code is in the bundle: the software bill of materials of an image names them. */
function librariesOf(modules) {
  const folders = modules.flatMap(
    (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [],
  );
  return [...new Set(folders)]
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      const { name, version, license } = manifest;
      return { name, version, license };
    })
    .toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** The launcher reads the bundle as latin1. What is not ASCII stands in texts and regular expressions, where an escape is the same. */
function escapeNonAscii(text) {
  return text.replaceAll(/\P{ASCII}/gu, (character) =>
    Array.from({ length: character.length }, (_, unit) =>
      escapeUnit(character.charCodeAt(unit)),
    ).join(''),
  );
}

function escapeUnit(unit) {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
