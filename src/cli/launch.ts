#!/usr/bin/env -S node --max-semi-space-size=1
/**
 * Starts the bundled command from the form into which V8 compiled it before: compiling was a third of a start. The
 * compiled form stands beside the bundle, one file for each version of V8 and its flags, and is made by the first
 * run that finds none and may write there; V8 refuses one that does not fit.
 * Code that comes from there cannot use `import()` (Node 20.20): the bundle holds none, which its build checks.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import vm from 'node:vm';

const bundleFile = path.join(__dirname, 'bundle.js');
const cacheFile = path.join(__dirname, `bundle.${cachedDataVersionTag()}.cache`);

type Bundle = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  filename: string,
  dirname: string,
) => void;

function launch(): void {
  const cachedData = readIfThere(cacheFile);
  // The bundle is ASCII, which latin1 reads into half the memory of UTF-8.
  const code = readFileSync(bundleFile, 'latin1');
  const script = new vm.Script(code, {
    filename: bundleFile,
    ...(cachedData === null ? {} : { cachedData }),
  });
  if (cachedData === null || script.cachedDataRejected === true) keepCompiled(script);
  const run = script.runInThisContext() as Bundle;
  run({}, lazyRequire(createRequire(bundleFile)), { exports: {} }, bundleFile, __dirname);
}

/** Modules of Node that most runs never use, and that take 10 ms: loaded by whoever first uses something of them. */
const lazyModules: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto']);

function lazyRequire(load: NodeJS.Require): NodeJS.Require {
  return Object.assign(
    (id: string): unknown => (lazyModules.has(id) ? loadLater(() => load(id) as object) : load(id)),
    load,
  );
}

function loadLater(load: () => object): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => Reflect.get(load(), key) as unknown,
      has: (_target, key) => Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(load(), key),
    },
  );
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** At the end of the run, so that the functions it used are kept too. */
function keepCompiled(script: vm.Script): void {
  process.once('exit', () => {
    const aside = `${cacheFile}.${process.pid}`;
    try {
      writeFileSync(aside, script.createCachedData(), { flag: 'wx' });
      renameSync(aside, cacheFile);
    } catch {
      // The folder is not ours to write to: the next start compiles again.
    }
  });
}

launch();
