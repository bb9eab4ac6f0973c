/** Every exported symbol says what it is for; types are honest. */
import { describe, expect, it } from 'vitest';
import { readSources, type SourceFile } from './source-files.ts';

const sources = readSources('src').filter((file) => !file.path.endsWith('.test.ts'));

const declaration =
  /^export (?:async )?(?:abstract )?(?:declare )?(function\*?|const|class|interface|type) (\w+)/;

function undocumented(file: SourceFile): readonly string[] {
  const overloads = new Set<string>();
  return file.lines.flatMap((line, index) => {
    const name = declaration.exec(line)?.[2];
    if (name === undefined || overloads.has(name)) return [];
    overloads.add(name);
    const above = file.lines[index - 1]?.trim() ?? '';
    return above.endsWith('*/') ? [] : [`${file.path}:${index + 1} ${name}`];
  });
}

/** Doc comments may say “any”. */
function withoutComment(line: string): string {
  return line.replace(/\/\/.*|^\s*(\/\*|\*).*/, '');
}

describe('exports', () => {
  it('all have a doc comment', () => {
    expect(sources.flatMap((file) => undocumented(file))).toEqual([]);
  });

  it('are named', () => {
    expect(sources.filter((file) => /^export default/m.test(file.text)).map((f) => f.path)).toEqual(
      [],
    );
  });
});

describe('types', () => {
  it('hold no any, enum, namespace or silenced error', () => {
    const forbidden =
      /(:\s*any\b|\bas any\b|<any>|@ts-ignore|@ts-expect-error|^\s*(export )?(const )?enum |^\s*namespace )/;
    const offences = sources.flatMap((file) =>
      file.lines.flatMap((line, index) =>
        forbidden.test(withoutComment(line)) ? [`${file.path}:${index + 1}`] : [],
      ),
    );
    expect(offences).toEqual([]);
  });
});
