/** What the README shows is what happens: its transcript and its program are run. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './architecture/source-files.ts';

const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
const main = path.join(projectRoot, 'dist/cli/main.js');

function blocks(language: string): readonly string[] {
  return Array.from(readme.matchAll(/```(\w+)\n([^]*?)```/g))
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

/** Commands of a transcript with what they print. */
const transcript = (blocks('console').find((block) => block.includes('slipway predict')) ?? '')
  .split(/^\$ /m)
  .filter((part) => part !== '')
  .map((part) => {
    const [command = '', ...output] = part.trimEnd().split('\n');
    return { command, output: output.join('\n') };
  });

function runShell(command: string, env: NodeJS.ProcessEnv = {}): string {
  const script = `slipway() { "${process.execPath}" "${main}" "$@"; }\n${command}`;
  return execFileSync('bash', ['-c', script], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

describe('README', () => {
  it('prints what predict prints', () => {
    const shown = transcript.find(({ command }) => command.startsWith('slipway predict'));
    expect(runShell(shown?.command ?? 'false')).toBe(shown?.output);
  });

  it('shows what the server answers', async () => {
    const serve = transcript.find(({ command }) => command.startsWith('slipway serve'));
    const args = (serve?.command ?? '').replace(/ &$/, '').split(' ').slice(1);
    const child = spawn(process.execPath, [main, ...args, '--json'], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
    const { url } = JSON.parse(line.toString('utf8')) as { url: string };
    const curl = transcript.find(({ command }) => command.startsWith('curl'));
    try {
      expect(runShell(curl?.command ?? 'false', { URL: url })).toBe(curl?.output);
    } finally {
      child.kill('SIGTERM');
    }
  });

  it.each(blocks('ts'))('runs its program', (program) => {
    const file = path.join(projectRoot, 'dist', 'readme-program.mjs');
    writeFileSync(file, program.replace("'slipway'", "'./index.js'"));
    try {
      const output = execFileSync(process.execPath, [file], { cwd: projectRoot, encoding: 'utf8' });
      expect(output.trim()).toBe(/console\.log\(.*\); \/\/ (.*)/.exec(program)?.[1]);
    } finally {
      rmSync(file);
    }
  });
});
