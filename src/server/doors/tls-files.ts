/** Certificate and key from files; both may be renewed while the server runs. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, unwatchFile, watchFile } from 'node:fs';
import { promisify } from 'node:util';
import { slipwayError } from '../../errors/slipway-error.ts';

/** Paths of the files, and what was read of them. */
export interface TlsFiles {
  readonly paths: TlsPaths;
  readonly context: TlsContext;
}

/** Where they are. */
export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  /** Authorities of clients; null: clients need no certificate. */
  readonly clientCa: string | null;
}

/** As `tls.createSecureContext` takes them. */
export interface TlsContext {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

const read = promisify(readFile);

/** Time between two looks at the files, in milliseconds. */
const watchMs = 5000;

/** Reads and checks them. @throws TLS_FILE_INVALID */
export async function readTlsFiles(paths: TlsPaths): Promise<TlsFiles> {
  const [cert, key, ca] = await Promise.all([
    readPem('certificate', paths.cert),
    readPem('key', paths.key),
    paths.clientCa === null ? null : readPem('client authorities', paths.clientCa),
  ]);
  checkPair(cert, key, paths);
  if (ca !== null) check('client authorities', paths.clientCa ?? '', () => new X509Certificate(ca));
  return { paths, context: { cert, key, ...(ca !== null && { ca }) } };
}

/**
 * Calls back with what is new whenever a file changes, and on SIGHUP. What cannot be used is reported, and the old
 * remains.
 *
 * @returns ends it
 */
export function watchTlsFiles(
  { paths }: TlsFiles,
  onChange: (context: TlsContext) => void,
  report: (line: string) => void,
): () => void {
  const look = (): void => {
    readTlsFiles(paths).then(
      ({ context }) => onChange(context),
      (error: unknown) =>
        report(
          `slipway: ${error instanceof Error ? error.message : String(error)} The old certificate is kept.`,
        ),
    );
  };
  const files = [paths.cert, paths.key, ...(paths.clientCa === null ? [] : [paths.clientCa])];
  for (const file of files) watchFile(file, { interval: watchMs, persistent: false }, look);
  process.on('SIGHUP', look);
  return () => {
    process.off('SIGHUP', look);
    for (const file of files) unwatchFile(file, look);
  };
}

async function readPem(what: string, file: string): Promise<Buffer> {
  try {
    return await read(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw slipwayError('TLS_FILE_INVALID', `The TLS ${what} ${file} cannot be read: ${why}.`);
  }
}

function checkPair(cert: Buffer, key: Buffer, paths: TlsPaths): void {
  const certificate = check('certificate', paths.cert, () => new X509Certificate(cert));
  const secret = check('key', paths.key, () => createPrivateKey(key));
  if (certificate.checkPrivateKey(secret)) return;
  throw slipwayError(
    'TLS_FILE_INVALID',
    `The TLS key ${paths.key} is not that of the certificate ${paths.cert}.`,
  );
}

function check<T>(what: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw slipwayError(
      'TLS_FILE_INVALID',
      `${file} holds no PEM that can be used as TLS ${what}.`,
      { cause },
    );
  }
}
