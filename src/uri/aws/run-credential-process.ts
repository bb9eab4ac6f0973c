import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ExpiringCredentials } from './aws-credentials.ts';
import type { CredentialSearch } from './find-credentials.ts';
import { parseMachineCredentials } from './parse-machine-credentials.ts';

const patienceMs = 60_000;

/** What the program that a profile names in `credential_process` prints. @throws MODEL_ACCESS_DENIED */
export async function runCredentialProcess(
  command: string,
  profile: string,
  { environment, signal }: Pick<CredentialSearch, 'environment' | 'signal'>,
): Promise<ExpiringCredentials> {
  const [program = '', ...args] = splitWords(command);
  const source = `credential_process of the profile ${profile}`;
  try {
    const options = { env: environment, timeout: patienceMs, ...(signal && { signal }) };
    const { stdout } = await promisify(execFile)(program, args, options);
    return parseMachineCredentials(stdout, source);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof Error && cause.name === 'SlipwayError') throw cause;
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    const reason = said.split('\n').at(-1) ?? '';
    throw slipwayError('MODEL_ACCESS_DENIED', `${source} failed: ${reason || program}`, { cause });
  }
}

/** As a shell would, without being one: quotes hold words together. */
function splitWords(command: string): readonly string[] {
  return Array.from(command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g), ([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double,
    ),
  );
}
