/** What pip, uv and conda print, as steps for a user; lines that say nothing new give none. */

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^\s*Collecting (\S+)/, ([, name = '']) => `collecting ${name}`],
  [
    /^\s*Downloading (?:\S*\/)?([^\s/]+?)(?:\.metadata)?(?: \(([^)]+)\))?$/,
    ([, name = '', size]) => `downloading ${name}${size === undefined ? '' : ` (${size})`}`,
  ],
  [
    /^\s*Building wheels? for (?:collected packages: )?(.+?)(?: \(.*)?$/,
    ([, name = '']) => `building ${name}`,
  ],
  [/^\s*Building (\S+)/, ([, name = '']) => `building ${name}`],
  [/^Installing collected packages: (.*)$/, ([, names = '']) => `installing ${countOf(names)}`],
  [/^Resolved (\d+ packages?)/, ([, count = '']) => `resolved ${count}`],
  [/^Prepared (\d+ packages?)/, ([, count = '']) => `downloaded ${count}`],
  [/^Installed (\d+ packages?)/, ([, count = '']) => `installed ${count}`],
  [
    /^(Solving environment|Collecting package metadata|Preparing transaction|Executing transaction)/,
    ([, what = '']) => what.toLowerCase(),
  ],
];

/** The step that `line` announces, or null. */
export function installerStep(line: string): string | null {
  for (const [pattern, describe] of patterns) {
    const match = pattern.exec(line);
    if (match !== null) return describe(match);
  }
  return null;
}

function countOf(names: string): string {
  const count = names.split(',').length;
  return count === 1 ? names.trim() : `${count} packages`;
}
