/** `slipway verify`: the native scorer of a model against the model in its own Python environment. */
import { type Command, Option } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import type { Verification } from '../../backend/verify-model.ts';
import { addModelOptions, backendOptionsOf, type CommonValues } from '../common-options.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from '../environment-options.ts';
import { takesInteger } from '../parse-value.ts';
import { createStepLine } from '../step-line.ts';

interface VerifyValues extends CommonValues, PrepareValues {
  readonly rows: number;
  readonly seed: number;
  readonly json?: true;
}

/** Adds the command to `parent`. */
export function addVerify(parent: Command): Command {
  const command = parent
    .command('verify')
    .description('Compare the native scorer with the model in its own Python environment.');
  addModelOptions(command, 'required');
  command
    .addOption(takesInteger(new Option('--rows <N>', 'Rows to draw.'), 0).default(1000))
    .addOption(takesInteger(new Option('--seed <S>', 'Seed of the rows.'), 0).default(1))
    .option('--json', 'Print JSON.');
  return addPrepareOptions(command).action(verify);
}

async function verify(values: VerifyValues): Promise<void> {
  const { verifyModel } = await import('../../backend/verify-model.ts');
  const { modelUri, rows, seed, json } = values;
  const line = createStepLine();
  const options = resolveBackendOptions({
    ...backendOptionsOf(values),
    environment: readPrepareOptions(values),
    onProgress: ({ step }) => line.show(step),
  });
  const verification = await verifyModel(modelUri, options, { rows, seed }).finally(() =>
    line.clear(),
  );
  process.stdout.write(
    json === true ? `${JSON.stringify(jsonOf(verification), null, 2)}\n` : textOf(verification),
  );
  if (verification.differing > 0) process.exitCode = 1;
}

/** JSON has no infinity: a difference that is no distance of numbers is null. */
function jsonOf(verification: Verification): object {
  const { ulps, relative } = verification;
  return {
    ...verification,
    agrees: verification.differing === 0,
    ulps: Number.isFinite(ulps) ? ulps : null,
    relative: Number.isFinite(relative) ? relative : null,
  };
}

function conclusionOf({ differing, values }: Verification): string {
  if (differing > 0) return `DIFFERENCE: ${differing} rows`;
  return values > 0 ? 'agreement: all rows' : 'nothing was compared: both refuse every row';
}

function textOf(verification: Verification): string {
  const { rows, refused, values, ulps, relative, tolerance, first } = verification;
  const lines = [
    `${rows} rows compared (${values} values; ${refused} rows refused by both)`,
    `largest difference ${ulps} ulp, ${relative} relative; stated tolerance ${tolerance === 0 ? 'none: equal to the last bit' : tolerance}`,
    conclusionOf(verification),
  ];
  if (first !== null) {
    lines.push(
      `first difference at ${first.path || 'the whole answer'}: native ${String(first.native)}, reference ${String(first.reference)}`,
      `request ${first.request.length > 2000 ? `${first.request.slice(0, 2000)}…` : first.request}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
