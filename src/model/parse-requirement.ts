/** One requirement of PEP 508: `name[extra]>=1,<2; python_version < "3.12"`. Source: packaging/requirements.py, specifiers.py 26.3. */
import { parseMarker } from './parse-marker.ts';
import { RequirementCursor } from './requirement-cursor.ts';

/** A requirement in its parts. */
export interface Requirement {
  /** As written. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Comparisons such as `>=1.2`, sorted. */
  readonly specifiers: readonly string[];
  /** After `@`; null without. */
  readonly url: string | null;
  /** In normal form; null without. */
  readonly marker: string | null;
}

const tag = String.raw`(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?`;
const start = String.raw`\s*v?(?:\d+!)?\d+`;
const local = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`;
const specifier = new RegExp(
  [
    String.raw`===\s*[^\s;)]*`,
    String.raw`(?:==|!=)${start}(?:\.\d+)*(?:\.\*|${tag}${local})`,
    String.raw`~=${start}(?:\.\d+)+${tag}`,
    String.raw`(?:<=|>=|<|>)${start}(?:\.\d+)*${tag}`,
  ].join('|'),
  'iy',
);
const identifier = /[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?![a-z0-9_])/iy;

/**
 * Parses a requirement.
 * @throws REQUIREMENT_INVALID with the place
 */
export function parseRequirement(text: string): Requirement {
  const cursor = new RequirementCursor(text);
  cursor.skipSpace();
  const name = cursor.expect(identifier, 'the name of a package');
  cursor.skipSpace();
  const extras = parseExtras(cursor);
  cursor.skipSpace();
  const url = cursor.take(/@/y) === null ? null : parseUrl(cursor);
  const specifiers = url === null ? parseSpecifiers(cursor) : [];
  cursor.skipSpace();
  const marker = cursor.take(/;/y) === null ? null : parseMarker(cursor);
  if (!cursor.isAtEnd) throw cursor.invalid('expected the end');
  return { name, extras, specifiers, url, marker };
}

/** A marker after a URL needs a space before its semicolon. */
function parseUrl(cursor: RequirementCursor): string {
  cursor.skipSpace();
  return cursor.expect(/[^ \t]+/y, 'a URL');
}

function parseExtras(cursor: RequirementCursor): readonly string[] {
  if (cursor.take(/\[/y) === null) return [];
  const extras: string[] = [];
  cursor.skipSpace();
  let name = cursor.take(identifier);
  while (name !== null) {
    extras.push(name);
    cursor.skipSpace();
    if (cursor.take(/,/y) === null) break;
    cursor.skipSpace();
    name = cursor.expect(identifier, 'the name of an extra');
  }
  cursor.skipSpace();
  cursor.expect(/\]/y, 'a closing bracket');
  return [...new Set(extras)].toSorted();
}

function parseSpecifiers(cursor: RequirementCursor): readonly string[] {
  const isBracketed = cursor.take(/\(/y) !== null;
  const found: string[] = [];
  do {
    cursor.skipSpace();
    const one = cursor.take(specifier);
    if (one === null) break;
    found.push(...splitArbitrary(cursor, one.replace(/^([=<>!~]+)\s*/, '$1')));
    cursor.skipSpace();
  } while (cursor.take(/,/y) !== null);
  cursor.skipSpace();
  if (isBracketed) cursor.expect(/\)/y, 'a closing bracket');
  return [...new Set(found)].toSorted();
}

/** The text after `===` may be anything, so it takes commas along that separate comparisons. */
function splitArbitrary(cursor: RequirementCursor, text: string): readonly string[] {
  if (!text.startsWith('===')) return [text];
  const parts = text.split(',').filter((part) => part !== '');
  const isValid = parts.every((part) => {
    const inner = new RequirementCursor(part);
    return inner.take(specifier) !== null && inner.isAtEnd;
  });
  if (!isValid) throw cursor.invalid('expected a comparison such as ==1.2 after the comma before');
  return parts;
}

/** As packaging writes it: `name[a,b]<2,>=1; marker`. */
export function formatRequirement(requirement: Requirement): string {
  const { name, extras, specifiers, url, marker } = requirement;
  const head = name + (extras.length === 0 ? '' : `[${extras.join(',')}]`) + specifiers.join(',');
  const place = url === null ? '' : ` @ ${url}${marker === null ? '' : ' '}`;
  return head + place + (marker === null ? '' : `; ${marker}`);
}

/** The name by which packages are told apart: lower case, one hyphen for each run of `-`, `_` and `.` (PEP 503). */
export function canonicalName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
