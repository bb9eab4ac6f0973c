import { runCli } from './run-cli.ts';

void run();

/** The bundle is a script, in which nothing is awaited at the top. */
async function run(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2));
}
