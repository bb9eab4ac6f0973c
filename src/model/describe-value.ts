/** Foreign values in error messages: short, and on one line. */

const limit = 60;

/** `value` as text of at most about 60 characters, for "expected …, got …". */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Map) return 'a map';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null) return 'null';
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
