/** Lengths of the functions of a TypeScript source, found by their braces: good enough to keep them short. */

/** One function and how many lines it takes. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lineCount: number;
}

const opening =
  /^\s*(?:export\s+)?(?:default\s+)?(?:static\s+|private\s+|protected\s+|public\s+|override\s+)*(?:async\s+)?(?:function\s*\*?\s*(\w+)|(?:get\s+|set\s+|\*\s*|async\s+)?(#?\w+)\s*(?:<[^>]*>)?\((?!.*;\s*$)|(?:const|let)\s+(\w+)(?:\s*:[^=]+)?\s*=\s*(?:async\s*)?(?:\([^)]*\)|\w+)(?:\s*:[^=]+)?\s*=>)/;

const notFunctions = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'return',
  'super',
  'describe',
  'it',
  'expect',
]);

/** Functions whose body is a block, from the line of their name to the line of the closing brace. */
export function measureFunctions(lines: readonly string[]): readonly FunctionSize[] {
  return lines.flatMap((text, index) => {
    const match = opening.exec(text);
    const name = match?.[1] ?? match?.[2] ?? match?.[3];
    if (name === undefined || notFunctions.has(name)) return [];
    const end = findEnd(lines, index);
    return end === null ? [] : [{ name, line: index + 1, lineCount: end - index + 1 }];
  });
}

/** The formatter puts a function's closing brace at its own indentation, so that is what to look for. */
function findEnd(lines: readonly string[], start: number): number | null {
  const indent = /^\s*/.exec(lines[start] ?? '')?.[0] ?? '';
  let opened = /\{\s*$/.test(lines[start] ?? '');
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (!opened && new RegExp(`^${indent}\\).*\\{\\s*$`).test(line)) opened = true;
    else if (line.startsWith(`${indent}}`)) return opened ? index : null;
    else if (!opened && line.startsWith(indent) && /^\S/.test(line.slice(indent.length)))
      return null;
  }
  return null;
}
