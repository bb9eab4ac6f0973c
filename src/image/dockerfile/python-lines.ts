/** The steps of a Dockerfile that install a model's packages. */
import type { PythonStep } from '../../contract/image-recipe.ts';
import { defaultPython, uvImage } from '../recipe/base-images.ts';
import { environmentFolder, usesBase } from '../recipe/python-recipe.ts';
import { requirementFiles, requirementsFolder } from './context-folders.ts';

/** Where installers run. */
const workFolder = '/opt/slipway/requirements';

/**
 * Settings of installers that are no secrets. Declared with ARG they hold while the image is built and are
 * in none of its layers.
 */
const pipSettings = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_TRUSTED_HOST',
  'PIP_FIND_LINKS',
  'PIP_CERT',
];
const uvSettings = [
  'UV_DEFAULT_INDEX',
  'UV_INDEX',
  'UV_INDEX_STRATEGY',
  'UV_PYTHON_INSTALL_MIRROR',
  'SSL_CERT_FILE',
];

/** Secrets of a build: mounted for one step, never part of a layer. Absent ones are passed over. */
const secrets = [
  'id=pip.conf,target=/etc/pip.conf',
  'id=uv.toml,target=/etc/uv/uv.toml',
  'id=netrc,target=/root/.netrc',
  'id=ca.pem,target=/run/secrets/ca.pem',
  'id=installer.env,target=/run/secrets/installer.env',
] as const;

/**
 * Reads the CA bundle of the secret where there is one. Compiled files are to be compared with their sources by hash:
 * builders may change times (`--timestamp`), and the user of the container cannot write them anew.
 */
const prepare = [
  'export SOURCE_DATE_EPOCH=1600000000;',
  'if [ -s /run/secrets/ca.pem ]; then',
  '  export PIP_CERT=/run/secrets/ca.pem SSL_CERT_FILE=/run/secrets/ca.pem',
  '    REQUESTS_CA_BUNDLE=/run/secrets/ca.pem CONDA_SSL_VERIFY=/run/secrets/ca.pem;',
  'fi;',
  'if [ -s /run/secrets/installer.env ]; then . /run/secrets/installer.env; fi;',
].join('\n');

/** Arguments of the build, declared before the step that installs. */
function settingLines(step: PythonStep): readonly string[] {
  const usesUv = step.manager === 'uv' || !step.isInBase;
  return [
    '# Settings of the installers (--build-arg), gone with the build. Never credentials: those show in the history.',
    '# Credentials go into secrets, which are mounted for one step:',
    '#   --secret id=pip.conf,src=FILE  --secret id=netrc,src=FILE  --secret id=ca.pem,src=FILE',
    ...[...pipSettings, ...(usesUv ? uvSettings : [])].map((name) => `ARG ${name}`),
    'ARG PIP_ROOT_USER_ACTION=ignore',
    'ARG PIP_DISABLE_PIP_VERSION_CHECK=1',
    '# In an image there is no system to break.',
    'ARG PIP_BREAK_SYSTEM_PACKAGES=1',
  ];
}

/** The lines of the step. */
export function pythonLines(step: PythonStep): readonly string[] {
  return [
    ...settingLines(step),
    '',
    ...uvLines(step),
    `# ${step.reason}`,
    `WORKDIR ${workFolder}`,
    `COPY ${requirementsFolder}/ ${workFolder}/`,
    ...(step.manager === 'conda' ? [] : ['# hadolint ignore=DL3013']),
    ...runLines(commandsOf(step)),
  ];
}

/** A base of the user's may lack the model's Python (CUDA images have none): uv brings it then. */
function uvLines({ isInBase, manager }: PythonStep): readonly string[] {
  if (isInBase || manager === 'conda') return [];
  return [
    '# Brings the model’s Python where the base has none that fits.',
    `COPY --from=${uvImage} /uv /usr/local/bin/uv`,
    'ENV UV_PYTHON_INSTALL_DIR=/opt/python',
    '',
  ];
}

/** One RUN: a command runs only where the one before worked. */
function runLines(shell: readonly string[]): readonly string[] {
  const mounts = secrets.map((secret) => `--mount=type=secret,${secret}`);
  const chained = shell.map((command, index) => (index === 0 ? command : `&& ${command}`));
  const body = [prepare, ...chained].flatMap((command) => command.split('\n'));
  const [first = '', ...more] = [...mounts, ...body];
  return [`RUN ${first}`, ...more.map((line) => `    ${line}`)].map((line, index) =>
    index === mounts.length + body.length - 1 ? line : `${line} \\`,
  );
}

function commandsOf(step: PythonStep): readonly string[] {
  if (step.manager === 'conda') {
    return [
      `conda env create --quiet --prefix ${environmentFolder} --file conda.yaml`,
      'conda clean --all --yes --quiet',
      ...installCommands(step, `${environmentFolder}/bin/python -m pip install --no-cache-dir`),
    ];
  }
  if (usesBase(step)) return installCommands(step, 'python3 -m pip install --no-cache-dir');
  return [...environmentCommands(step), ...intoEnvironment(step)];
}

function intoEnvironment(step: PythonStep): readonly string[] {
  const python = `${environmentFolder}/bin/python`;
  if (step.manager !== 'uv') {
    return installCommands(step, `${python} -m pip install --no-cache-dir`);
  }
  const install = `uv pip install --no-cache --compile-bytecode --python ${python}`;
  const isLocked = step.files.some(({ target }) => target === 'uv.lock');
  if (!isLocked) return installCommands(step, install);
  const sync = `UV_PROJECT_ENVIRONMENT=${environmentFolder} uv sync --frozen --no-dev --no-install-project --no-cache --compile-bytecode`;
  // The lock says what the requirements would; what it lacks is added.
  return [sync, ...installCommands({ ...step, buildDependencies: [], requirements: [] }, install)];
}

function environmentCommands(step: PythonStep): readonly string[] {
  const { manager, isInBase, python } = step;
  if (isInBase) {
    return manager === 'uv'
      ? [
          'python3 -m pip install --no-cache-dir uv',
          `uv venv --no-cache --python "$(command -v python3)" ${environmentFolder}`,
        ]
      : [`python3 -m venv ${environmentFolder}`];
  }
  const version = python ?? defaultPython;
  const [major = '3', minor = '0'] = version.split('.');
  // Without a manager the packages of the base count too: a base is often chosen for them.
  const shares = manager === 'local' ? '--system-site-packages ' : '';
  const choose = [
    `if python3 -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] != (${major}, ${minor}))' 2>/dev/null; then`,
    `  python3 -m venv ${shares}${environmentFolder};`,
    'else',
    `  uv venv --no-cache --managed-python --seed --python ${version} ${environmentFolder};`,
    'fi',
  ];
  return [choose.join('\n')];
}

function installCommands(step: PythonStep, install: string): readonly string[] {
  const files = requirementFiles(step).map(({ name }) => name);
  const constraint = files.includes('constraints.txt') ? ' -c constraints.txt' : '';
  return files
    .filter((name) => name !== 'constraints.txt')
    .map((name) => `${install}${name === 'build.txt' ? '' : constraint} -r ${name}`);
}
