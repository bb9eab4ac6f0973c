/** Parsed JSON or YAML of which nothing is known yet. */
export type Answer = unknown;

/** Member of an object; undefined without one. */
export function field(value: Answer, name: string): Answer {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** Member that is a text, or a whole number as text; null without one. */
export function textField(value: Answer, name: string): string | null {
  const found = field(value, name);
  if (typeof found === 'number' && Number.isSafeInteger(found)) return String(found);
  return typeof found === 'string' ? found : null;
}

/** Member that is a list; empty without one. */
export function listOf(value: Answer, name: string): readonly Answer[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}
