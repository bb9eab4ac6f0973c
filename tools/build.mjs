// npm run build: kernels → WebAssembly in generated modules, then TypeScript → dist.
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, run, runTool, sourceHash } from './ensure-built.mjs';

ensureInstalled();
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
run(process.execPath, [path.join(root, 'tools', 'build-kernels.mjs')]);
runTool('typescript', ['-p', 'tsconfig.build.json']);
const main = path.join(dist, 'cli', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);
writeFileSync(path.join(dist, '.build-stamp'), sourceHash());
