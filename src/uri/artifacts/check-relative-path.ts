/** Paths that others chose: whether they stay inside the folder that they are put into, on every system. */

const longestPath = 1024;
const longestPart = 255;
/** Deeper than any model. */
const deepest = 32;

/** Why `path` cannot be used below a folder, as the end of a sentence; null when it can. */
export function checkRelativePath(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.length > longestPath) return `is longer than ${longestPath} characters`;
  if (/^[/\\]|^[a-z]:/i.test(path)) return 'is absolute';
  if (path.includes('\\')) return 'holds a backslash';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'holds control characters';
  const parts = path.split('/');
  if (parts.length > deepest) return `is deeper than ${deepest} folders`;
  for (const part of parts) {
    if (part === '' || part === '.' || part === '..') return 'does not stay inside its folder';
    if (Buffer.byteLength(part) > longestPart) return `has a name longer than ${longestPart} bytes`;
  }
  return null;
}
