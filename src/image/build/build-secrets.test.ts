import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { ImageRecipe, RecipeStep } from '../../contract/image-recipe.ts';
import { buildSecrets } from './build-secrets.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'slipway-secrets-'));
const folder = path.join(home, 'secrets');
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => rmSync(folder, { recursive: true, force: true }));

function recipe(kind: RecipeStep['kind']): ImageRecipe {
  return { steps: [{ kind }] } as unknown as ImageRecipe;
}

const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

it('passes on variables that say where packages are, quoted, without folders of this machine', async () => {
  const args = await buildSecrets(recipe('python'), folder, {
    HOME: home,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_CERT: '/no/such',
    PIP_INDEX_URL: "https://user:it's&me@pypi.example/simple",
    PIP_EXTRA_INDEX_URL: 'file:///opt/pypi/simple https://more.example/simple',
    PIP_FIND_LINKS: '/opt/wheels',
    UV_INDEX_CORP_PASSWORD: 'secret',
    PIP_TARGET: '/elsewhere',
    PATH: '/bin',
  });
  const file = path.join(folder, 'installer.env');
  expect(args.slice(-2)).toEqual(['--secret', `id=installer.env,src=${file}`]);
  expect(text('installer.env').split('\n')).toEqual([
    String.raw`export PIP_INDEX_URL='https://user:it'\''s&me@pypi.example/simple'`,
    'export PIP_EXTRA_INDEX_URL=https://more.example/simple',
    'export UV_INDEX_CORP_PASSWORD=secret',
    '',
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('passes on the files of the user before those of the machine', async () => {
  mkdirSync(path.join(home, '.config/pip'), { recursive: true });
  writeFileSync(
    path.join(home, '.config/pip/pip.conf'),
    `[global]\nindex-url = https://a\ncert = ${home}/ca.pem\n`,
  );
  writeFileSync(path.join(home, '.netrc'), 'machine a login b password c\n');
  writeFileSync(path.join(home, 'ca.pem'), 'certificates');
  const environment = { HOME: home };
  await buildSecrets(recipe('python'), folder, environment);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['ca.pem', 'netrc', 'pip.conf']));
  expect(text('pip.conf')).toContain('https://a');
  expect(text('netrc')).toContain('password c');
  expect(text('ca.pem')).toBe('certificates');
});

it('passes on nothing where no packages are installed', async () => {
  const environment = { HOME: home, PIP_INDEX_URL: 'https://a' };
  expect(await buildSecrets(recipe('files'), folder, environment)).toEqual([]);
});
