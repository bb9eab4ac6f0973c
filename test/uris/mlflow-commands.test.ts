/**
 * What MLflow's own command-line tests do (3.17.2, tests/models/test_cli.py), with `slipway models` in place of `mlflow
 * models`: their registry and run URIs, on SQLite and file stores. Environments that they make are the local one here;
 * images are tested elsewhere.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';

const program = path.join(projectRoot, 'dist/cli/main.js');
const script = path.join(projectRoot, 'test/uris/log_command_models.py');
const python = referencePython ?? '';
const local = ['--env-manager', 'local'];
/** Every run that MLflow's tests make, in `npm run soak`; each starts a Python. */
const isThorough = process.env['SLIPWAY_SOAK_SECONDS'] !== undefined;

interface Logged {
  readonly run: string;
  readonly signatures: readonly string[];
  readonly json: string;
  readonly csv: string;
  readonly expected: readonly number[];
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

for (const kind of ['sqlite', 'file'] as const) {
  describe.skipIf(referencePython === null)(
    `MLflow's command-line tests on a ${kind} store (need the reference Python)`,
    () => {
      let folder = '';
      let models: Logged;
      let environment: NodeJS.ProcessEnv;
      const file = (name: string): string => path.join(folder, name);

      beforeAll(async () => {
        folder = await mkdtemp(path.join(tmpdir(), 'slipway-commands-'));
        const store = kind === 'sqlite' ? `sqlite:///${file('mlflow.db')}` : file('mlruns');
        environment = {
          PATH: `${path.dirname(python)}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          MLFLOW_TRACKING_URI: store,
          MLFLOW_DISABLE_TELEMETRY: 'true',
          MLFLOW_ALLOW_FILE_STORE: 'true',
        };
        const options = { cwd: folder, env: environment };
        const { stdout } = await promisify(execFile)(python, [script, store], options);
        models = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Logged;
        await writeFile(file('input with space.json'), models.json);
        await writeFile(file('input.csv'), models.csv);
      }, 180_000);

      afterAll(() => rm(folder, { recursive: true, force: true }));

      function run(args: readonly string[], input = ''): Promise<Ended> {
        const child = spawn(process.execPath, [program, 'models', ...args], {
          cwd: folder,
          env: environment,
        });
        let [stdout, stderr] = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.stdin.on('error', () => undefined).end(input);
        return new Promise((resolve, reject) => {
          child.once('error', reject);
          child.once('close', (code) => resolve({ code, stdout, stderr }));
        });
      }

      const predict = (uri: string, ...args: readonly string[]): Promise<Ended> =>
        run(['predict', '-m', uri, ...args, ...local]);

      const predictionsIn = (text: string): unknown =>
        (JSON.parse(text) as { predictions: unknown }).predictions;

      it('predicts from the registry and from the run: json, csv, stdin (test_predict)', async () => {
        const [input, output] = [file('input with space.json'), file('output.json')];
        const runUri = `runs:/${models.run}/model`;
        const fromFiles = [
          ['models:/impredicting/None', '-i', input],
          ['models:/impredicting/1', '-i', file('input.csv'), '-t', 'csv'],
          [runUri, '-i', input, '-t', 'json'],
        ] as const;
        for (const [uri, ...args] of isThorough ? fromFiles : fromFiles.slice(0, 1)) {
          await rm(output, { force: true });
          const { code, stderr } = await predict(uri, ...args, '-o', output);
          expect(code, stderr).toBe(0);
          expect(predictionsIn(await readFile(output, 'utf8')), uri).toEqual(models.expected);
        }
        if (!isThorough && kind === 'file') return;
        const piped = await run(['predict', '-m', runUri, '-t', 'json', ...local], models.json);
        expect(predictionsIn(piped.stdout)).toEqual(models.expected);
      }, 180_000);

      it('refuses other content types (test_predict_check_content_type)', async () => {
        const { code, stderr } = await predict('models:/impredicting/None', '-t', 'invalid');
        expect(code).not.toBe(0);
        expect(stderr).toContain('Content type must be one of json or csv.');
      });

      it.skipIf(!isThorough && kind === 'file')(
        'passes paths through no shell (test_predict_check_input_path, …_output_path)',
        async () => {
          const injected = '"; echo ThisIsABug! "';
          for (const type of isThorough ? ['json', 'csv'] : ['json']) {
            const args = ['-i', `${file('input.csv')}${injected}`, '-t', type];
            const { code, stdout, stderr } = await predict('models:/impredicting/None', ...args);
            expect(code).not.toBe(0);
            expect(stdout).not.toContain('ThisIsABug!');
            expect(stderr).toContain('FileNotFoundError');
          }
          if (!isThorough) return;
          const args = [
            '-i',
            file('input with space.json'),
            '-o',
            `${file('out.json')}${injected}`,
          ];
          const { code, stdout, stderr } = await predict('models:/impredicting/None', ...args);
          expect(code, stderr).toBe(0);
          expect(stdout).not.toContain('ThisIsABug!');
          expect(await readdir(folder)).toContain(`out.json${injected}`);
        },
        180_000,
      );

      it.skipIf(!isThorough && kind === 'file')(
        'serves them (test_serve_gunicorn_opts, test_signature_enforcement_with_model_serving)',
        async () => {
          for (const uri of isThorough ? models.signatures : []) {
            const answer = await serveAndAsk(uri, '{"inputs": ["test"]}', []);
            expect(predictionsIn(answer), uri).toEqual(['test']);
          }
          const uri = 'models:/impredicting/None';
          const answer = await serveAndAsk(uri, models.json, ['-w', '2']);
          expect(predictionsIn(answer)).toEqual(models.expected);
        },
        180_000,
      );

      async function serveAndAsk(
        uri: string,
        body: string,
        args: readonly string[],
      ): Promise<string> {
        const started = ['models', 'serve', '-m', uri, '-p', '0', ...args, ...local];
        const server = spawn(process.execPath, [program, ...started], {
          cwd: folder,
          env: environment,
        });
        let log = '';
        for (const stream of [server.stdout, server.stderr]) {
          stream.setEncoding('utf8').on('data', (text: string) => (log += text));
        }
        const closed = new Promise((resolve) => server.once('close', resolve));
        try {
          const url = await addressIn(
            () => log,
            () => server.exitCode,
          );
          const headers = { 'content-type': 'application/json' };
          const answer = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
          const text = await answer.text();
          expect(answer.status, text).toBe(200);
          return text;
        } finally {
          server.kill('SIGTERM');
          await closed;
        }
      }

      it('knows no such host and no such manager (test_host_invalid_value, test_env_manager_unsupported_value)', async () => {
        const uri = models.signatures[0] ?? '';
        const host = await run(['serve', '-m', uri, '--host', 'localhost & echo BUG', ...local]);
        expect(host.code).toBe(1);
        expect(host.stdout).not.toMatch(/^BUG/m);
        const manager = await run(['serve', '-m', uri, '--env-manager', 'abc']);
        expect(manager.code).toBe(1);
        expect(manager.stderr).toContain('Invalid value for `env_manager`');
      });

      it('writes a Dockerfile with the model beside it (test_generate_dockerfile)', async () => {
        const output = file('dockerfile');
        const uri = `runs:/${models.run}/model`;
        const args = ['generate-dockerfile', '-m', uri, '-d', output, '--install-mlflow'];
        const { code, stderr } = await run(args);
        expect(code, stderr).toBe(0);
        expect(await readdir(output)).toEqual(expect.arrayContaining(['Dockerfile', 'model_dir']));
        expect(await readFile(path.join(output, 'Dockerfile'), 'utf8')).not.toBe('');
      });
    },
  );
}

async function addressIn(log: () => string, exitCode: () => number | null): Promise<string> {
  for (;;) {
    const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(log())?.[0];
    if (url !== undefined) return url;
    if (exitCode() !== null) throw new Error(`the server ended: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
