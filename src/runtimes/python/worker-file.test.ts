import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../test/architecture/source-files.ts';
import { referencePython } from '../../../test/conformance/reference-python.ts';
import { workerFile } from './worker-file.ts';

it('finds the file that is published', () => {
  expect(workerFile()).toBe(path.join(projectRoot, 'python/worker.py'));
  const manifest = readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
  expect((JSON.parse(manifest) as { files: string[] }).files).toContain('python');
});

it.skipIf(referencePython === null)(
  'can be read by Python 3.6 (needs the reference Python)',
  () => {
    const program = 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 6))';
    execFileSync(referencePython!, ['-c', program, workerFile()]);
  },
);
