/** YAML as PyYAML's safe loader reads it: version 1.1, the last of equal keys wins, no objects, few aliases. */
import { Lexer, parseDocument, type Tags } from 'yaml';
import { slipwayError } from '../errors/slipway-error.ts';

/** Aliases that a file may use; MLflow writes none, but people edit files. */
const aliasLimit = 50;

/** Anchors, aliases and tags together. */
const markLimit = 200;

/** Tokens of YAML: words, spaces, brackets… Quoted texts, such as the signature, are one token each. */
const tokenLimit = 50_000;

/** Options of {@link parseYaml}. */
export interface ParseYamlOptions {
  /** `failsafe` leaves every scalar a string. Default: `yaml-1.1`. */
  readonly schema?: 'yaml-1.1' | 'failsafe';
}

/**
 * Reads one YAML document. `file` names it in errors.
 * @throws MLMODEL_INVALID for bad syntax, tags of objects, or aliases that would swell it
 */
export function parseYaml(text: string, file: string, options: ParseYamlOptions = {}): unknown {
  const { schema = 'yaml-1.1' } = options;
  try {
    const markCount = countMarks(text);
    const document = parseDocument(text, {
      version: '1.1',
      schema,
      merge: schema === 'yaml-1.1',
      uniqueKeys: false,
      logLevel: 'error',
      customTags: readAsPyYaml,
      prettyErrors: true,
    });
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw problem;
    const value: unknown = document.toJS({ maxAliasCount: aliasLimit });
    if (markCount > 0) JSON.stringify(value); // throws where an alias stands inside its own anchor
    return value;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'unreadable';
    throw slipwayError('MLMODEL_INVALID', `${file} is not valid YAML: ${reason}`, {
      details: { file },
      cause,
    });
  }
}

/**
 * The parser takes some hundred bytes for every token, and more than linear time for anchors and tags,
 * so both are counted before it starts.
 */
function countMarks(text: string): number {
  let tokens = 0;
  let marks = 0;
  for (const token of new Lexer().lex(text)) {
    tokens++;
    if (/^[&*!]/.test(token)) marks++;
    if (tokens > tokenLimit || marks > markLimit) {
      throw new SyntaxError(`more than ${tokenLimit} tokens or ${markLimit} anchors and tags`);
    }
  }
  return marks;
}

/** PyYAML leaves `y` and `n` strings, other than YAML 1.1 itself. */
function readAsPyYaml(tags: Tags): Tags {
  return tags.map((tag): Tags[number] => {
    if (typeof tag === 'string' || tag.collection !== undefined) return tag;
    if (!tag.tag.endsWith(':bool')) return tag;
    const isTrueTag = tag.test?.test('true') ?? false;
    return { ...tag, test: isTrueTag ? /^(?:yes|true|on)$/i : /^(?:no|false|off)$/i };
  });
}
