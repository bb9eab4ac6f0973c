/** A random copy of a JSON document in which something, anywhere, is another value. */

/** What a document hardly ever holds. */
const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  2 ** 53,
  1e308,
  '',
  'NaN',
  'INT64',
  'BYTES',
  'base64',
  'datetime',
  'pd_json',
  '\ud800',
  [],
  [[]],
  [null],
  [{}],
  [[1], [2, 3]],
  Array(200).fill(0),
  {},
  { inputs: [] },
  { toString: 1, length: 5 },
  JSON.parse('{"__proto__": {"name": "a"}}'),
];

/** @param share probability with which a value is replaced, wherever it stands */
export function replaceSomething(value: unknown, random: () => number, share: number): unknown {
  if (random() < share) return oddValues[Math.floor(random() * oddValues.length)];
  if (Array.isArray(value)) return value.map((item) => replaceSomething(item, random, share));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      random() < 0.01 ? '__proto__' : key,
      replaceSomething(item, random, share),
    ]),
  );
}
