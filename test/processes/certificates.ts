/** Certificates made with openssl. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** False where there is none, and tests may leave it at that. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return process.env['CI'] !== undefined;
  }
}

/** Makes certificate and key of a name, as `<name>.crt` and `<name>.key` in `folder`. */
export function makeCertificate(
  folder: string,
  name: string,
): { readonly cert: string; readonly key: string } {
  const [cert, key] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const request = ['req', '-x509', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  execFileSync('openssl', [...request, ...curve, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { cert, key };
}
