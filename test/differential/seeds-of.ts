/** The seeds that `text` asks for: a number of them, from 1 on, or `from-to`. */
export function seedsOf(text: string): readonly number[] {
  const [from, to] = text.includes('-') ? text.split('-').map(Number) : [1, Number(text)];
  return Array.from({ length: (to ?? 1) - (from ?? 1) + 1 }, (_, at) => (from ?? 1) + at);
}
