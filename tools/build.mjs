// npm run build: kernels → WebAssembly in generated modules, TypeScript → dist, and the command as one bundle.
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, run, runTool, sourceHash } from './ensure-built.mjs';

/** Fastify asks for these at its start, for servers of other kinds than ours: 25 ms that only such servers should pay. */
const lazyModules = ['node:https', 'node:http2'];
const lazyPrefix = '\0lazy:';

const lazyBuiltins = {
  name: 'lazy-builtins',
  resolveId: (id) => (lazyModules.includes(id) ? `${lazyPrefix}${id}` : null),
  load: (id) =>
    id.startsWith(lazyPrefix)
      ? `module.exports = new Proxy({}, { get: (_target, key) => process.getBuiltinModule('${id.slice(lazyPrefix.length)}')[key] });`
      : null,
};

ensureInstalled();
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
run(process.execPath, [path.join(root, 'tools', 'build-kernels.mjs')]);
runTool('typescript', ['-p', 'tsconfig.build.json']);
await bundleCommand();
writeFileSync(path.join(dist, '.build-stamp'), sourceHash());

/**
 * Finding and reading some 280 modules takes longer than running them, so the command and its libraries become a few
 * files. They stand at the same depth as before: paths relative to the package stay right.
 */
async function bundleCommand() {
  const { rolldown } = await import('rolldown');
  const folder = path.join(dist, 'cli');
  const bundled = path.join(dist, '.cli');
  const bundle = await rolldown({
    input: path.join(folder, 'main.js'),
    platform: 'node',
    logLevel: 'warn',
    plugins: [lazyBuiltins],
  });
  await bundle.write({
    dir: bundled,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    minify: true,
  });
  await bundle.close();
  rmSync(folder, { recursive: true });
  renameSync(bundled, folder);
  chmodSync(path.join(folder, 'main.js'), 0o755);
}
