/** What a failing installer means: which requirement, why, and what helps; read from its last lines. */

/** An explanation; `requirement` where the lines name one. */
export interface InstallerFailure {
  readonly requirement: string | null;
  /** What went wrong and what helps, one or two sentences. */
  readonly advice: string;
}

/** In which circumstances the installer ran. */
export interface InstallerCircumstances {
  readonly offline: boolean;
  /** Version of Python in the environment. */
  readonly pythonVersion: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly advice: (circumstances: InstallerCircumstances) => string;
}

/** The first that fits decides, so causes stand before their consequences. */
const rules: readonly Rule[] = [
  {
    pattern: /No space left on device|os error 28/i,
    advice: () => 'The disk is full; free some space, or set MLFLOW_ENV_ROOT to another disk.',
  },
  {
    pattern:
      /DO NOT MATCH THE HASHES[^\n]*\n(?:\s*(\S+) from )?|Hash mismatch for `([^`]+)`|hash mismatch/i,
    advice: () =>
      'What was downloaded is not what the hash says: the file was replaced, or a proxy changed it. Correct the hash in requirements.txt, or clear the cache (pip cache purge, uv cache clean).',
  },
  {
    pattern:
      /CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate|UnknownIssuer|self.signed certificate/i,
    advice: () =>
      "The certificate of the index is not trusted. Name your company's CA bundle with PIP_CERT (pip) or SSL_CERT_FILE (uv).",
  },
  {
    pattern:
      /40[13] (?:Client Error|Unauthorized|Forbidden)|status code 40[13]|\(40[13] |HTTP error 40[13]/i,
    advice: () =>
      'The index refuses access. Check the credentials in PIP_INDEX_URL or UV_INDEX, or in ~/.netrc.',
  },
  {
    pattern:
      /Failed to establish a new connection|Temporary failure in name resolution|NameResolutionError|Connection refused|ConnectTimeout|Read timed out|dns error|error sending request|Could not connect|operation timed out|ProxyError/i,
    advice: () =>
      'The index cannot be reached. Check the network and the proxy (HTTPS_PROXY, PIP_PROXY), name your mirror with PIP_INDEX_URL, or install without a network: --offline --find-links DIR.',
  },
  {
    pattern:
      /Could not find a version that satisfies the requirement ([^\s(]+)|No matching distribution found for (\S+)/,
    advice: missing,
  },
  {
    pattern:
      /Because (\S+) was not found in the (?:package registry|cache|provided package locations)/,
    advice: missing,
  },
  { pattern: /Because there (?:is|are) no versions? of (\S+)/, advice: missing },
  {
    pattern:
      /^(?:ERROR: )?(?:Cannot install (\S+)|ResolutionImpossible)|conflicting dependencies|your requirements are unsatisfiable/m,
    advice: () =>
      'These requirements exclude each other. Correct requirements.txt, or override one of them with --pip-requirements-override.',
  },
  {
    pattern: /requires a different Python|Requires-Python|requires-python|requires Python/i,
    advice: ({ pythonVersion }) =>
      `It is not made for Python ${pythonVersion}. Allow another one with --python.`,
  },
  {
    pattern:
      /Failed (?:building|to build)(?: wheel for)?(?: installable wheels for some pyproject\.toml based projects \()? ?[`(]?([\w.-]+(?:==[\w.+-]+)?)/,
    advice: build,
  },
  {
    pattern:
      /command '\S*(?:gcc|cc|clang|cl\.exe|g\+\+)\S*' failed|Python\.h: No such file|subprocess-exited-with-error|metadata-generation-failed/,
    advice: build,
  },
  {
    pattern: /Network connectivity is disabled|network was disabled/i,
    advice: missing,
  },
  {
    pattern:
      /InvalidRequirement|Invalid requirement: '([^']+)'|Couldn't parse requirement|invalid requirement/i,
    advice: () => 'A line of the requirements is not a valid requirement (PEP 508). Correct it.',
  },
  {
    pattern: /ensurepip is not (?:available|installed)|No module named '?(?:ensurepip|venv)/,
    advice: () =>
      'This Python came without venv; install it (Debian and Ubuntu: apt install python3-venv), use another with --python, or put uv on PATH.',
  },
  {
    pattern: /Permission denied|os error 13/i,
    advice: () =>
      'The folder of environments cannot be written. Set MLFLOW_ENV_ROOT to one that can.',
  },
];

/** Reads the last lines of an installer. */
export function explainInstallerFailure(
  tail: readonly string[],
  circumstances: InstallerCircumstances,
): InstallerFailure {
  const text = joinWrapped(tail);
  for (const { pattern, advice } of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const named = match.slice(1).find((part) => part !== undefined);
    return { requirement: tidy(named) ?? requiredIn(text), advice: advice(circumstances) };
  }
  return {
    requirement: requiredIn(text),
    advice: 'Run it again with --verbose for all of its output.',
  };
}

/** uv wraps and indents its sentences. */
function joinWrapped(tail: readonly string[]): string {
  return tail
    .map((line) => line.replace(/^[\s│╰├─▶×]+/u, ''))
    .join('\n')
    .replace(/(?<=[a-z,])\n(?=[a-z])/g, ' ');
}

function requiredIn(text: string): string | null {
  const match =
    /you require ([\w.[\]-]+(?:[=<>!~]=?[\w.*+-]+)?)|satisfies the requirement ([^\s(]+)|from requirement (\S+)/.exec(
      text,
    );
  return tidy(match?.slice(1).find((part) => part !== undefined));
}

function tidy(name: string | undefined): string | null {
  const text = name?.replace(/[`'",:.]+$/g, '').replace(/^[`'"(]+/g, '') ?? '';
  return text === '' ? null : text;
}

function missing({ offline, pythonVersion }: InstallerCircumstances): string {
  return offline
    ? `Without a network it must stand in a folder given with --find-links, as a wheel for Python ${pythonVersion} and this machine (pip download puts it there).`
    : `The index has no such version, or none for Python ${pythonVersion} and this machine. Correct the version, allow another Python with --python, or name the index that has it with PIP_EXTRA_INDEX_URL.`;
}

function build({ pythonVersion }: InstallerCircumstances): string {
  return `There is no wheel of it for Python ${pythonVersion} and this machine, and building it from source failed. Install a compiler and the headers of Python (Debian and Ubuntu: apt install build-essential python3-dev), or allow a Python that has wheels with --python.`;
}
