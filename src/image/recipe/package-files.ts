/** The files of this package that an image needs: the bundled command, and the Python worker where it is used. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecipeFile } from '../../contract/image-recipe.ts';
import { nodePackages } from './node-packages.ts';

/** Where Slipway stands in an image. */
export const slipwayFolder = '/opt/slipway';

/** Folder of packages that Slipway loads, in an image. */
export const modulesFolder: string = `${slipwayFolder}/node_modules`;

/** The command in an image. */
export const slipwayMain: string = `${slipwayFolder}/dist/cli/main.js`;

const commandFiles = [
  'LICENSE',
  'package.json',
  'dist/cli/package.json',
  'dist/cli/main.js',
  'dist/cli/bundle.js',
  'dist/cli/healthcheck.js',
  'dist/payload/parquet/parquet-thread.js',
  'dist/payload/apart/body-thread.js',
  'dist/observe/payloads/table-thread.js',
] as const;

const workerFile = 'python/worker.py';

/** Definitions of gRPC, and the packages that speak it: optional dependencies of ours. */
const protoFiles = ['proto/health.proto', 'proto/open_inference_grpc.proto'];
const grpcPackages = ['@grpc/grpc-js', '@grpc/proto-loader', '@grpc/reflection'];

/** What an image can do besides scoring natively over HTTP. */
export interface PackageParts {
  readonly python: boolean;
  readonly grpc: boolean;
}

/** Slipway's own files. Compiled forms of the bundle are left out: they fit one build of V8 only. */
export function packageFiles({ python, grpc }: PackageParts): readonly RecipeFile[] {
  const root = packageRoot();
  const names = [...commandFiles, ...(python ? [workerFile] : []), ...(grpc ? protoFiles : [])];
  const own = names.map((name) => {
    const source = path.join(root, name);
    if (!existsSync(source)) throw new Error(`the package is incomplete: no ${name} in ${root}`);
    return { source, target: `${slipwayFolder}/${name}` };
  });
  return grpc ? [...own, ...nodePackages(grpcPackages, root, modulesFolder)] : own;
}

/** List of the libraries that the bundled command holds. */
export function bundledLibrariesFile(): string {
  return path.join(packageRoot(), 'dist', 'cli', 'libraries.json');
}

/** The folder of the package, however deep this code stands in it once it is bundled. */
function packageRoot(): string {
  const start = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json')) && existsSync(path.join(folder, workerFile)))
      return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package above ${start}`);
  }
}
