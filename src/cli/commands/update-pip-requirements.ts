/** `slipway update-pip-requirements`: adds requirements to a model's files, or removes them. */
import { Argument, type Command, Option } from 'commander';
import type { RequirementOperation, UpdatedRequirements } from '../../env/update-requirements.ts';
import { slipwayError } from '../../errors/slipway-error.ts';

interface UpdateValues {
  readonly modelUri: string;
}

/** Adds the command to `parent`. */
export function addUpdatePipRequirements(parent: Command): Command {
  return parent
    .command('update-pip-requirements')
    .description('Add requirements to conda.yaml and requirements.txt of a model, or remove them.')
    .addOption(
      new Option(
        '-m, --model-uri <URI>',
        'Folder or file: URI of the saved model.',
      ).makeOptionMandatory(),
    )
    .addArgument(new Argument('<operation>', 'add or remove.').argParser(parseOperation))
    .argument('[requirements...]', 'Requirements such as "pandas==1.0.0".')
    .action(update);
}

async function update(
  operation: RequirementOperation,
  requirements: readonly string[],
  { modelUri }: UpdateValues,
): Promise<void> {
  const { updateRequirements } = await import('../../env/update-requirements.ts');
  const change = (directory: string): Promise<UpdatedRequirements> =>
    updateRequirements(directory, operation, requirements);
  const { after, unknown } = await changeModel(modelUri, change);
  for (const name of unknown) say(`${name} is not among the requirements; ignored`);
  say(`${modelUri} now requires: ${after.join(', ') || 'nothing'}`);
}

/** The files are changed where they stand: on this machine, or on a tracking server. Versions of registered models stay as they are. */
async function changeModel<T>(uri: string, change: (directory: string) => Promise<T>): Promise<T> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') {
    const { resolveModelUri } = await import('../../uri/resolve-model-uri.ts');
    return change(await resolveModelUri(uri));
  }
  const { parseModelsUri, splitProfile } = await import('../../uri/parse-models-uri.ts');
  if (scheme === 'models' && parseModelsUri(splitProfile(uri).uri).kind !== 'logged') {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `Failed to set requirements on "${uri}". Model URIs with the \`models:/\` scheme are not supported: what is in the registry is read-only.`,
      { details: { uri, scheme } },
    );
  }
  const { changeModelFiles } = await import('../../uri/change-model-files.ts');
  return changeModelFiles(uri, ['conda.yaml', 'requirements.txt'], change);
}

function parseOperation(text: string): RequirementOperation {
  if (text === 'add' || text === 'remove') return text;
  throw slipwayError(
    'USAGE',
    `Invalid value for '{add|remove}': '${text}' is not one of 'add', 'remove'.`,
  );
}

function say(text: string): void {
  process.stderr.write(`slipway: ${text}\n`);
}
