/** Versions of Python: `3`, `3.11` or `3.11.7`. */

/** One to three numbers. */
export type PythonVersion = readonly number[];

/** Parses a version; null for what is none, such as a path. */
export function parsePythonVersion(text: string): PythonVersion | null {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.\*)?$/.exec(text.trim());
  return (
    match
      ?.slice(1)
      .filter((part) => part !== undefined)
      .map(Number) ?? null
  );
}

/** `3.11` of `3.11.7`. */
export function minorOf(version: PythonVersion): string {
  return version.slice(0, 2).join('.');
}

/** True where `version` has every number that `wanted` has. */
export function startsWith(version: PythonVersion, wanted: PythonVersion): boolean {
  return wanted.every((part, index) => version[index] === part);
}

/** Order from old to new. */
export function compareVersions(a: PythonVersion, b: PythonVersion): number {
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
