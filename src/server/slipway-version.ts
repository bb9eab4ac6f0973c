/** Version of Slipway itself, read once from its package. */
import { readFileSync } from 'node:fs';

/** As in package.json, for instance `0.1.0`. */
export const slipwayVersion: string = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new Error('package.json has no version');
}
