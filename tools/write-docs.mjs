// Writes what the documents say from the data they speak of: errors.md from the catalogue, cli.md from
// the commands' help, flavors.md and the README's
// table from the flavors' capability data. Tests compare them with the data.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, root } from './ensure-built.mjs';

ensureBuilt();
const { errorCatalogue } = await import(path.join(root, 'dist/errors/catalogue.js'));
const { flavorReaders } = await import(path.join(root, 'dist/flavors/registry.js'));

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const errorRows = Object.entries(errorCatalogue).map(([code, d]) => [
  `\`${code}\``,
  d.meaning,
  d.httpStatus,
  `\`${d.mlflowCode}\``,
  d.exitCode,
  d.retryable ? 'yes' : 'no',
]);
write(
  'docs/reference/errors.md',
  `# Errors

Every expected failure has a code. Over HTTP the body is MLflow's: \`{"error_code", "message", "sqlstate", "error_class"}\`; on
the command line it is one line on stderr that ends with the code in brackets; in the library it is \`SlipwayError.code\`.
Generated from \`src/errors/catalogue\` by \`tools/write-docs.mjs\`.

${table(['code', 'meaning', 'HTTP status', '`error_code`', 'exit code', 'worth a retry'], errorRows)}
`,
);

const support = flavorReaders.map(({ id, support: rows }) => ({ id, rows }));
write(
  'docs/reference/flavors.md',
  `# Flavors

What the native runtime reads, by flavor, and how exactly. What is not native is scored by the model's own Python, or refused with
the reason where it is a param; \`slipway inspect\` says which, and \`slipway verify\` compares the two for a model at hand.
Generated from the flavors' capability data by \`tools/write-docs.mjs\`.

${support
  .map(
    ({ id, rows }) =>
      `## ${id}\n\n${table(
        ['area', 'name', 'native', 'note'],
        rows.map((row) => [row.area, row.name, row.native ? 'yes' : 'no', row.note]),
      )}`,
  )
  .join('\n\n')}
`,
);

const commands = [
  'serve',
  'serve-stdin',
  'predict',
  'inspect',
  'prepare-env',
  'doctor',
  'update-pip-requirements',
  'verify',
  'generate-dockerfile',
  'build-docker',
  'cache',
  'cache ls',
  'cache rm',
  'cache prune',
];
const help = (...args) =>
  execFileSync(process.execPath, [path.join(root, 'dist/cli/main.js'), ...args, '--help'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, COLUMNS: '110' },
  }).trimEnd();
/** What stands between a command's heading and its help. */
const leads = {
  'build-docker': 'Builders, outputs, bases and registries: [build-docker](build-docker.md).',
};
const sectionOf = (command) => {
  const lead = Object.hasOwn(leads, command) ? `${leads[command]}\n\n` : '';
  return `## ${command}\n\n${lead}\`\`\`text\n${help(...command.split(' '))}\n\`\`\``;
};
write(
  'docs/reference/cli.md',
  `# Command line

\`slipway models <command>\` is the same as \`slipway <command>\`, so that \`slipway\` can stand in for \`mlflow\`. Flags, defaults and
environment variables are MLflow's; Slipway's own come on top. Results go to stdout, everything else to stderr. Exit codes: 0
success, 1 failure (one line on stderr with its [code](errors.md)), 2 usage. Boolean environment variables take \`true\`,
\`false\`, \`1\` and \`0\`. Generated from the commands' help by \`tools/write-docs.mjs\`.

${commands.map((command) => sectionOf(command)).join('\n\n')}
`,
);

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const summary = table(
  ['flavor', 'predict', 'serve', 'native: formats', 'native: boosters', 'not native'],
  support.map(({ id, rows }) => [
    id,
    'yes',
    'yes',
    names(rows, 'format'),
    names(rows, 'booster'),
    shortened(rows.filter((row) => !row.native).map((row) => row.name)),
  ]),
);
write(
  'README.md',
  readme.replace(
    /(<!-- support:begin -->)[^]*(<!-- support:end -->)/,
    `$1\n\n${summary}\n\nDetails: [flavors](docs/reference/flavors.md).\n\n$2`,
  ),
);

/** The first few; the page of the flavors has them all. */
function shortened(list, most = 5) {
  const more = list.length - most;
  return more > 1 ? `${list.slice(0, most).join(', ')} and ${more} more` : list.join(', ');
}

function names(rows, area) {
  return rows
    .filter((row) => row.area === area && row.native)
    .map((row) => row.name)
    .join(', ');
}

function write(file, text) {
  writeFileSync(path.join(root, file), text);
}
