/** Environment markers, `python_version < "3.12" and extra == "x"`, in their normal form. Source: packaging/_parser.py, markers.py 26.3. */
import type { RequirementCursor } from './requirement-cursor.ts';

const depthLimit = 50;

const variable =
  /(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;
const operator = /===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y;
const quoted = /'[^']*'|"[^"]*"/y;

/**
 * Takes a marker and gives it as packaging writes it: one space between words, double quotes, needless
 * brackets left out.
 * @throws REQUIREMENT_INVALID
 */
export function parseMarker(cursor: RequirementCursor): string {
  return parseTerms(cursor, 0).join(' ');
}

/** Operands with `and` or `or` between them; an operand that was bracketed and needs it keeps its brackets. */
function parseTerms(cursor: RequirementCursor, depth: number): readonly string[] {
  const first = parseTerm(cursor, depth);
  let word = cursor.take(/(?:and|or)\b/y);
  if (word === null) return first;
  const terms = [bracketed(first)];
  while (word !== null) {
    terms.push(word, bracketed(parseTerm(cursor, depth)));
    word = cursor.take(/(?:and|or)\b/y);
  }
  return terms;
}

function bracketed(terms: readonly string[]): string {
  const [first = ''] = terms;
  return terms.length === 1 ? first : `(${terms.join(' ')})`;
}

function parseTerm(cursor: RequirementCursor, depth: number): readonly string[] {
  if (depth > depthLimit) throw cursor.invalid(`brackets are more than ${depthLimit} deep`);
  cursor.skipSpace();
  if (cursor.take(/\(/y) === null) return [parseComparison(cursor)];
  const terms = parseTerms(cursor, depth + 1);
  cursor.expect(/\)/y, 'a closing bracket');
  cursor.skipSpace();
  return terms;
}

function parseComparison(cursor: RequirementCursor): string {
  const left = parseOperand(cursor);
  cursor.skipSpace();
  const word = cursor.expect(operator, 'a comparison such as == or in');
  cursor.skipSpace();
  const right = parseOperand(cursor);
  cursor.skipSpace();
  const middle = word.replace(/[ \t]+/, ' ');
  return `${besideExtra(left, right)} ${middle} ${besideExtra(right, left)}`;
}

function parseOperand(cursor: RequirementCursor): string {
  const name = cursor.take(variable);
  if (name !== null) return normalName(name);
  const text = cursor.expect(quoted, 'a marker variable or a quoted text').slice(1, -1);
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** Names of extras are compared in their canonical form. */
function besideExtra(operand: string, other: string): string {
  const isName = other === 'extra' || other === 'extras' || other === 'dependency_groups';
  if (!isName || !/^["']/.test(operand)) return operand;
  return operand.replace(/[-_.]+/g, '-').toLowerCase();
}

function normalName(name: string): string {
  const plain = name.replace('.', '_');
  return plain === 'python_implementation' ? 'platform_python_implementation' : plain;
}
