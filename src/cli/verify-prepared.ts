/** `slipway prepare-env --verify`: once for each content of a model. */
import { resolveBackendOptions } from '../backend/backend-options.ts';
import type { RememberedVerification } from '../backend/verify-once.ts';
import type { PrepareOptions } from '../contract/runtime.ts';
import { createStepLine } from './step-line.ts';
import { withInterrupt } from './with-interrupt.ts';

/**
 * Verifies a model that the native runtime scores; a difference gives the process the exit code 1.
 *
 * @throws the codes of `verifyModel`
 */
export async function verifyPrepared(
  modelUri: string,
  environment: PrepareOptions,
): Promise<RememberedVerification> {
  const { verifyOnce } = await import('../backend/verify-once.ts');
  const line = createStepLine();
  const onProgress = ({ step }: { readonly step: string }): void => line.show(step);
  const found = await withInterrupt((signal) =>
    verifyOnce(
      modelUri,
      resolveBackendOptions({ environment: { ...environment, onProgress, signal }, onProgress }),
      { signal },
    ),
  ).finally(() => line.clear());
  if (found.verification.differing > 0) process.exitCode = 1;
  return found;
}

/** One line on what was found. */
export function describeRemembered({
  verification: { rows, refused, differing, values, ulps, relative, first },
  rememberedSince,
}: RememberedVerification): string {
  if (differing > 0) {
    const place = first === null ? '' : `, first at ${first.path || 'the whole answer'}`;
    return `verification FAILED: ${differing} of ${rows} rows differ from Python's (${ulps} ulp, ${relative} relative${place}); slipway verify shows more`;
  }
  if (values === 0) {
    return `verification compared nothing: the model and Python both refuse all ${rows} rows that were drawn`;
  }
  const found = `${rows} rows agree with Python's (${refused} refused by both; at most ${ulps} ulp apart)`;
  return rememberedSince === null
    ? `verified: ${found}`
    : `verified on ${rememberedSince} (remembered): ${found}`;
}
