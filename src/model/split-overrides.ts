/** `--pip-requirements-override`: a list with commas, of requirements that may hold commas themselves. */
import { parseRequirement } from './parse-requirement.ts';

/** `x[a,b]>=1,<2,y` is `x[a,b]>=1,<2` and `y`: a part that starts with a comparison belongs to the one before. */
export function splitOverrides(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of `${text},`) {
    if (character === '[' || character === '(') depth++;
    if (character === ']' || character === ')') depth--;
    if (character !== ',' || depth > 0) {
      part += character;
      continue;
    }
    const last = parts.at(-1);
    if (/^\s*[<>=!~]/.test(part) && last !== undefined) parts[parts.length - 1] = `${last},${part}`;
    else parts.push(part);
    part = '';
  }
  if (part !== '') parts.push(part.slice(0, -1)); // a bracket that never closes
  return parts.map((one) => one.trim()).filter((one) => one !== '');
}

/** True for a requirement of PEP 508, and for what pip takes beside: a URL, or the path of a wheel or an sdist. */
export function isOverride(text: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) || /^[^\s-].*\.(whl|tar\.gz|zip)$/.test(text))
    return true;
  try {
    parseRequirement(text);
    return true;
  } catch {
    return false;
  }
}
