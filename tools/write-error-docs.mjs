// Writes docs/reference/errors.md from the error catalogue; a test compares the two both ways.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, root } from './ensure-built.mjs';

ensureBuilt();
const { errorCatalogue } = await import(path.join(root, 'dist/errors/catalogue.js'));
const rows = Object.entries(errorCatalogue).map(
  ([code, d]) =>
    `| \`${code}\` | ${d.meaning} | ${d.httpStatus} | \`${d.mlflowCode}\` | ${d.exitCode} | ${d.retryable ? 'yes' : 'no'} |`,
);
writeFileSync(
  path.join(root, 'docs/reference/errors.md'),
  `# Errors

Every expected failure has a code. Over HTTP the body is MLflow's: \`{"error_code", "message", "sqlstate", "error_class"}\`; on
the command line it is one line on stderr that ends with the code in brackets; in the library it is \`SlipwayError.code\`.
Generated from \`src/errors/catalogue\` by \`tools/write-error-docs.mjs\`.

| code | meaning | HTTP status | \`error_code\` | exit code | worth a retry |
|---|---|---|---|---|---|
${rows.join('\n')}
`,
);
