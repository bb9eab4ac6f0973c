import { readdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { verifyModel } from '../../src/backend/verify-model.ts';
import { referencePython } from '../conformance/reference-python.ts';

it('many', { timeout: 3_000_000 }, async () => {
  const folder = process.env['ZZ_FOLDER'] ?? '';
  const names = readdirSync(folder).filter((n) => n.endsWith('.json') && n !== 'skipped.json');
  for (const file of names) {
    const model = path.join(folder, file.slice(0, -5));
    try {
      const { first, ...v } = await verifyModel(
        model,
        resolveBackendOptions({ environment: { envManager: 'local', python: referencePython ?? '' } }),
        { rows: 300 },
      );
      console.info(
        v.differing > 0 ? 'DIFF' : 'ok', file, v.rows, v.refused, v.values, v.ulps, v.relative, v.tolerance,
        first === null ? '' : JSON.stringify({ ...first, native: String(first.native), reference: String(first.reference), request: first.request.slice(0, 500) }),
      );
    } catch (error) {
      console.info('ERROR', file, String(error).slice(0, 300));
    }
  }
});
