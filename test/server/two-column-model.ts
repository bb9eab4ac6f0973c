/** The model of tests of the Open Inference Protocol, over both of its transports. */
import { ndArray } from '../../src/data/nd-array.ts';
import type { Prediction } from '../../src/data/scoring-data.ts';
import { parseSignature } from '../../src/model/parse-signature.ts';
import type { Signature } from '../../src/model/signature.ts';

/** Two columns in, one of which may be missing, numbers out, and a param. */
export const twoColumnSignature: Signature = parseSignature({
  inputs:
    '[{"type":"double","name":"a","required":true},{"type":"long","name":"b","required":false}]',
  outputs: '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1]}}]',
  params: '[{"name":"k","type":"long","default":1,"shape":null}]',
})!;

/** What it answers, unless a test has it answer something else. */
export function twoNumbers(): Prediction {
  return ndArray({ dtype: 'float32', values: Float32Array.of(0.5, -1.5) });
}

/** How it is served. */
export const servingOptions = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 5000,
} as const;
