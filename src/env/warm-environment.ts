/** Compiles what a model will import, by importing it: of thousands of modules a few hundred, so that the first worker starts at once. */
import { canonicalName } from '../model/parse-requirement.ts';
import { runProgram } from './run-program.ts';

/** Longer than this it is not worth the wait; what is missing is compiled at the first start. */
const limitMs = 45_000;

/** Imports MLflow and the modules of the distributions named on stdin; what cannot be imported is passed over. */
const program = `
import sys, importlib, importlib.metadata as m, re
wanted = set(sys.stdin.read().split())
sys.stdin.close()
modules = ["mlflow.pyfunc"]
for distribution in m.distributions():
    if re.sub("[-_.]+", "-", distribution.metadata["Name"] or "").lower() in wanted:
        tops = (distribution.read_text("top_level.txt") or "").split()
        tops = tops or {f.parts[0].removesuffix(".py") for f in distribution.files or () if f.suffix == ".py"}
        modules += [top for top in tops if top.isidentifier() and not top.startswith("_")]
for module in modules:
    try:
        importlib.import_module(module)
    except BaseException:
        pass
`;

/**
 * Writes the bytecode of what `names` (of distributions) import. `-I` also ignores PYTHONDONTWRITEBYTECODE.
 * Never fails: it only saves time later.
 */
export async function warmEnvironment(
  python: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.timeout(limitMs);
  const either = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  const input = names.map(canonicalName).join(' ');
  await runProgram(python, ['-I', '-c', program], { input, signal: either }).catch(() => undefined);
  signal?.throwIfAborted();
}
