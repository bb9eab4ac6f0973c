/** Do comparisons of versions leave none at all? Found by release numbers alone, so never said of what may have one. */

type Release = readonly number[];

/** Ends of the versions that are left. */
interface Range {
  readonly low: Release | null;
  readonly lowIsIn: boolean;
  readonly high: Release | null;
  readonly highIsIn: boolean;
}

const all: Range = { low: null, lowIsIn: true, high: null, highIsIn: true };
/** Pre- and post-releases, epochs and local versions are ordered by rules of their own: such comparisons narrow nothing. */
const plain = /^(==|>=|<=|>|<|~=)\s*v?(\d+(?:\.\d+)*)(\.\*)?$/;

/** True where no version meets all of `specifiers` (`>=1.2`, `<1`…); false where one may. */
export function excludeEachOther(specifiers: readonly string[]): boolean {
  const { low, lowIsIn, high, highIsIn } = specifiers.reduce(narrow, all);
  if (low === null || high === null) return false;
  const order = compare(low, high);
  // 2.0.post1 is above 2.0 and below 2.0.1, so ends that are equal exclude each other only where both say so.
  return order > 0 || (order === 0 && !(lowIsIn && highIsIn));
}

function narrow(range: Range, specifier: string): Range {
  const [, operator = '', version = '', wildcard] = plain.exec(specifier) ?? [];
  const release = version.split('.').map(Number);
  if (operator === '') return range;
  if (operator === '~=') return below(above(range, release, true), next(release.slice(0, -1)));
  if (wildcard !== undefined) {
    return operator === '==' ? below(above(range, release, true), next(release)) : range;
  }
  if (operator === '==') return upTo(above(range, release, true), release);
  if (operator === '>') return above(range, release, false);
  if (operator === '>=') return above(range, release, true);
  return operator === '<' ? below(range, release) : upTo(range, release);
}

function above(range: Range, low: Release, isIn: boolean): Range {
  const order = range.low === null ? 1 : compare(low, range.low);
  if (order < 0) return range;
  return { ...range, low, lowIsIn: isIn && (order > 0 || range.lowIsIn) };
}

function below(range: Range, high: Release): Range {
  const order = range.high === null ? -1 : compare(high, range.high);
  return order > 0 ? range : { ...range, high, highIsIn: false };
}

function upTo(range: Range, high: Release): Range {
  const order = range.high === null ? -1 : compare(high, range.high);
  return order >= 0 ? range : { ...range, high, highIsIn: true };
}

/** The first release that does not begin like this one. */
function next(release: Release): Release {
  return [...release.slice(0, -1), (release.at(-1) ?? 0) + 1];
}

function compare(a: Release, b: Release): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
