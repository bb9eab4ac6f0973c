/** The reference pages say what the program says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/run-cli.ts';
import { flavorReaders } from '../../src/flavors/registry.ts';
import { projectRoot } from './source-files.ts';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');

describe('docs/reference/cli.md', () => {
  const page = read('docs/reference/cli.md');
  const commands = createProgram().commands.filter((command) => command.name() !== 'models');
  it.each(commands.map((command) => [command.name(), command] as const))(
    'holds every option of %s',
    (name, command) => {
      const section = page.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
      const missing = command.options
        .filter((option) => !option.hidden && !section.includes(option.flags))
        .map((option) => option.flags);
      expect(missing).toEqual([]);
    },
  );
});

describe('docs/reference/flavors.md', () => {
  const page = read('docs/reference/flavors.md');
  it.each(flavorReaders.map((reader) => [reader.id, reader] as const))(
    'holds every row of %s',
    (_id, reader) => {
      const missing = reader.support.filter(
        ({ area, name, native, note }) =>
          !page.includes(`| ${area} | ${name} | ${native ? 'yes' : 'no'} | ${note} |`),
      );
      expect(missing).toEqual([]);
    },
  );
});
