import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePipFile, uvSettings } from './pip-settings.ts';

/** No files of this machine. */
const empty = { HOME: '/nowhere', XDG_CONFIG_DIRS: '/nowhere', PIP_CONFIG_FILE: os.devNull };

describe("pip's settings for uv", () => {
  it('come from variables', async () => {
    const { variables, args } = await uvSettings({
      ...empty,
      PIP_INDEX_URL: 'https://u:p@mirror/simple',
      PIP_EXTRA_INDEX_URL: 'https://a/simple  https://b/simple',
      PIP_FIND_LINKS: '/x /y',
      PIP_NO_INDEX: '1',
      PIP_ONLY_BINARY: ':all:',
      PIP_NO_BINARY: 'numpy,pandas',
    });
    expect(variables).toEqual({
      UV_DEFAULT_INDEX: 'https://u:p@mirror/simple',
      UV_INDEX: 'https://a/simple https://b/simple',
      UV_INDEX_STRATEGY: 'unsafe-best-match',
      UV_FIND_LINKS: '/x,/y',
      UV_NO_BUILD: 'true',
      UV_NO_BINARY_PACKAGE: 'numpy pandas',
    });
    expect(args).toEqual(['--no-index']);
  });

  it("leave uv's own as they are", async () => {
    const { variables } = await uvSettings({
      ...empty,
      PIP_INDEX_URL: 'https://pip',
      UV_INDEX_URL: 'https://uv',
      PIP_EXTRA_INDEX_URL: 'https://extra',
      UV_INDEX_STRATEGY: 'first-index',
    });
    expect(variables).toEqual({ UV_INDEX: 'https://extra', UV_INDEX_STRATEGY: 'first-index' });
  });

  it('come from files, over which variables win', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-pip-'));
    const file = path.join(folder, 'pip.conf');
    writeFileSync(file, '[global]\nindex-url = https://file\ncert=/ca.pem\n');
    const { variables } = await uvSettings({
      ...empty,
      PIP_CONFIG_FILE: file,
      PIP_CERT: '/other.pem',
    });
    rmSync(folder, { recursive: true });
    expect(variables).toMatchObject({
      UV_DEFAULT_INDEX: 'https://file',
      SSL_CERT_FILE: '/other.pem',
    });
  });

  it('are read as pip reads its files', () => {
    const text =
      '# c\n[global]\nfind_links =\n  /a\n  /b\ntimeout: 60\n[list]\nformat = columns\n[install]\ntimeout = 9\n';
    expect(parsePipFile(text)).toEqual({ 'find-links': ' /a /b', timeout: '9' });
  });
});
