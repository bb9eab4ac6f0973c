/** A recipe as the text of a Dockerfile: stable, with its reasons, for docker, podman and buildah 1.28 alike. */
import type {
  ContainerConfig,
  FilesStep,
  ImageRecipe,
  NodeStep,
  RecipeStep,
  SystemPackagesStep,
} from '../../contract/image-recipe.ts';
import { contextFolder } from './context-folders.ts';
import { pythonLines } from './python-lines.ts';
import { execForm, quoteArgument, quoteWord } from './quote.ts';

/** Name of the stage that Node is copied from. */
const nodeStage = 'node';

/** Writes the text. `version` is Slipway's. */
export function dockerfileText(recipe: ImageRecipe, version: string): string {
  const blocks: readonly (readonly string[])[] = [
    [
      `# ${recipe.title}: an image that serves MLflow models with Slipway ${version}.`,
      '# Written by slipway generate-dockerfile. Build it with docker, podman or buildah:',
      '#   docker build -t NAME .',
    ],
    ...nodeStages(recipe),
    baseLines(recipe),
    ...stepBlocks(recipe),
    ...configBlocks(recipe.config),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function nodeStages({ steps }: ImageRecipe): readonly (readonly string[])[] {
  const node = steps.find((step): step is NodeStep => step.kind === 'node');
  if (node === undefined) return [];
  return [
    [
      '# Node, which Slipway runs on, comes from its own image.',
      `FROM ${node.image} AS ${nodeStage}`,
    ],
  ];
}

/** Whoever the user of a given base is, installing takes root. */
function baseLines({ base, steps }: ImageRecipe): readonly string[] {
  const runs = steps.some(({ kind }) => kind !== 'files');
  return [`# ${base.reason}`, `FROM ${base.name}`, ...(base.isGiven && runs ? ['USER 0:0'] : [])];
}

function stepBlocks({ steps, base }: ImageRecipe): readonly (readonly string[])[] {
  const [first] = base.platforms;
  return steps.flatMap((step) => {
    if (step.kind !== 'files' || step.platform === undefined) return [stepLines(step)];
    // One step for all platforms: the builder knows which one it builds.
    if (step.platform !== first) return [];
    return [base.platforms.length === 1 ? filesLines(step) : packagesLines(step)];
  });
}

function stepLines(step: RecipeStep): readonly string[] {
  switch (step.kind) {
    case 'files':
      return filesLines(step);
    case 'node':
      return [`COPY --from=${nodeStage} ${step.file} ${step.file}`];
    case 'system-packages':
      return systemLines(step);
    default:
      return pythonLines(step);
  }
}

function filesLines(step: FilesStep): readonly string[] {
  const { source, target } = contextFolder(step);
  return [`# ${step.reason}`, `COPY ${source}/ ${target}/`];
}

function packagesLines(step: FilesStep): readonly string[] {
  const { target } = contextFolder(step);
  return [
    '# Libraries that score, those of the platform alone.',
    'ARG TARGETARCH',
    `COPY packages/\${TARGETARCH}/ ${target}/`,
  ];
}

function systemLines({ packages, reason }: SystemPackagesStep): readonly string[] {
  const isJava = packages.some((name) => name.includes('-jre-'));
  return [
    `# ${reason}`,
    // update-alternatives fails in the package of Java without the folder; seen with openjdk-17-jre-headless 17.0.
    ...(isJava ? ['# Small images lack a folder that Java links its manual pages into.'] : []),
    '# hadolint ignore=DL3008',
    `RUN ${isJava ? 'mkdir -p /usr/share/man/man1 && ' : ''}apt-get update \\`,
    `    && apt-get install -y --no-install-recommends ${packages.map(quoteArgument).join(' ')} \\`,
    '    && rm -rf /var/lib/apt/lists/*',
  ];
}

function configBlocks(config: ContainerConfig): readonly (readonly string[])[] {
  const { env, path, labels, healthcheck, ports } = config;
  return [
    continued(
      'LABEL',
      Object.entries(labels).map(([name, value]) => `${name}=${quoteWord(value)}`),
    ),
    continued('ENV', [
      ...Object.entries(env).map(([name, value]) => `${name}=${quoteWord(value)}`),
      pathWord(path),
    ]),
    [
      '# Listens on 0.0.0.0:8080, unless PORT, HOST or an argument of serve says otherwise. Not root; the root',
      '# filesystem may be read-only, and no capability is needed.',
      `WORKDIR ${config.workingDirectory}`,
      `EXPOSE ${ports.join(' ')}`,
      `USER ${config.user}`,
      `HEALTHCHECK --interval=${healthcheck.intervalSeconds}s --timeout=${healthcheck.timeoutSeconds}s --start-period=${healthcheck.startPeriodSeconds}s --retries=${healthcheck.retries} \\`,
      `    CMD ${execForm(healthcheck.command)}`,
      `ENTRYPOINT ${execForm(config.entrypoint)}`,
      `CMD ${execForm(config.command)}`,
    ],
  ];
}

/** Only PATH refers to what the base has. */
function pathWord({ before, after }: ContainerConfig['path']): string {
  return `PATH="${[...before, '${PATH}', ...after].join(':')}"`;
}

function continued(instruction: string, words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const start = index === 0 ? `${instruction} ` : '    ';
    return `${start}${word}${index === words.length - 1 ? '' : ' \\'}`;
  });
}
