/** `slipway build-docker`: an image that serves the model. */
import { type Command, Option } from 'commander';
import type { BuildImageOptions, BuiltImage, ImageBuilder } from '../../contract/build-image.ts';
import { note } from '../common-options.ts';
import {
  addImageOptions,
  imageBackendOptions,
  type ImageValues,
  recipeOptions,
} from '../image-options.ts';
import { invalidValue, takesChoice } from '../parse-value.ts';
import { showProgress } from '../show-progress.ts';
import { withInterrupt } from '../with-interrupt.ts';

interface BuildValues extends ImageValues {
  readonly name: string;
  readonly builder: ImageBuilder | 'auto';
  readonly output?: string;
  readonly tag?: readonly string[];
  readonly label?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly digestFile?: string;
  readonly sbom?: string;
  readonly insecureRegistry?: true;
  readonly offline?: true;
  readonly json?: true;
}

/** Adds the command to `parent`. */
export function addBuildDocker(parent: Command): Command {
  const command = parent
    .command('build-docker')
    .description(
      'Build an image that serves the model; without one, what is mounted at /opt/ml/model. Needs no Docker.',
    )
    .option('-n, --name <NAME>', 'Name of the image: [HOST/]NAME[:TAG].', 'mlflow-pyfunc-servable')
    .addOption(
      takesChoice(
        new Option(
          '--builder <NAME>',
          'auto, oci (our own: no daemon, runs nothing), docker, podman or buildah.',
        ),
        ['auto', 'oci', 'docker', 'podman', 'buildah'],
      ).default('auto'),
    )
    .option(
      '--output <WHERE>',
      'registry, docker, oci:FOLDER or tar:FILE (default: registry if the name begins with a host).',
    )
    .addOption(tagOption())
    .addOption(labelOption())
    .option('--user <USER>', 'Who the container runs as (default: 65532:65532).')
    .option('--digest-file <FILE>', 'File for the digest of the image.')
    .option('--sbom <FILE>', 'File for the software bill of materials (CycloneDX).')
    .option('--insecure-registry', 'Take any certificate, and plain HTTP without credentials.')
    .option('--offline', 'Build upon what is in the cache.')
    .option('--json', 'Print what was built as JSON.');
  return addImageOptions(command).action(build);
}

function tagOption(): Option {
  return new Option('--tag <TAG>', 'A further tag; may be repeated.').argParser(
    (text: string, before?: readonly string[]) => [...(before ?? []), text],
  );
}

function labelOption(): Option {
  const option = new Option('--label <KEY=VALUE>', 'A label of the image; may be repeated.');
  return option.argParser((text: string, before?: Readonly<Record<string, string>>) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw invalidValue(option, `'${text}' is not KEY=VALUE.`);
    return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
  });
}

async function build(values: BuildValues): Promise<void> {
  const { modelUri = null, name } = values;
  const recipe = recipeOptions(values);
  const backend = imageBackendOptions(values);
  const progress = showProgress({ verbose: true });
  const { buildImage } = await import('../../backend/build-image.ts');
  try {
    const built = await withInterrupt((signal) =>
      buildImage(modelUri, backend, {
        imageName: name,
        recipe,
        build: { ...buildOptions(values), signal, onProgress: progress.onProgress },
      }),
    );
    progress.clear();
    for (const line of built.notes) note(line);
    process.stdout.write(`${values.json === true ? JSON.stringify(built) : describe(built)}\n`);
  } finally {
    progress.clear();
  }
}

function buildOptions(values: BuildValues): BuildImageOptions {
  const { builder, output, tag, label, user, digestFile, sbom } = values;
  return {
    builder,
    ...(output === undefined ? {} : { output }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(label === undefined ? {} : { labels: label }),
    ...(user === undefined ? {} : { user }),
    ...(digestFile === undefined ? {} : { digestFile }),
    ...(sbom === undefined ? {} : { sbomFile: sbom }),
    insecureRegistry: values.insecureRegistry ?? false,
    offline: values.offline ?? false,
  };
}

/** One line: what it is, where it went, how big it is, and its digest. */
function describe({ name, tags, output, digest, size, builder }: BuiltImage): string {
  const names = tags.map((tag) => `${name}:${tag}`).join(', ');
  const where = output === 'registry' ? 'Pushed' : 'Built';
  const place = output === 'registry' ? '' : ` (${output === 'docker' ? 'loaded here' : output})`;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const sizes =
    size === null
      ? ` by ${builder}`
      : `, ${megabytes(size.ownBytes)} MB upon the base, ${megabytes(size.totalBytes)} MB in all`;
  return `${where} ${names}${place}${sizes}${digest === null ? '' : `: ${digest}`}`;
}
