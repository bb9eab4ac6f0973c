/** The commands with Python models, as processes: configuration, environments, signals during a load, nothing left. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { markedProcesses, markVariable, until } from '../workers/fixture-pool.ts';
import { type ProbeModel, writeProbeModel } from './probe-model.ts';

const main = path.join(projectRoot, 'dist/cli/main.js');
const serving = { SERVING_MODEL_CONFIG: '{"b": 5, "c": 6}' };
const inference = { MLFLOW_PYFUNC_INFERENCE_CONFIG: '{"a": 3, "b": 4}' };

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(referencePython === null)(
  'commands with a Python model (needs the reference Python)',
  () => {
    const mark = randomUUID();
    let saved: ProbeModel;
    const local = ['--env-manager', 'local', '--python', referencePython ?? ''];

    beforeAll(async () => {
      saved = await writeProbeModel({ config: { a: 1, b: 2 } });
    });
    afterAll(async () => {
      saved.remove();
      await until(() => markedProcesses(mark).length === 0, 'nothing is left');
    });

    const command = (args: readonly string[]): string[] => {
      const [name = '', ...others] = args;
      return [main, name, '-m', saved.folder, '--runtime', 'python', ...others];
    };
    const environmentWith = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
      ...process.env,
      ...env,
      [markVariable]: mark,
    });
    const run = (args: readonly string[], input: string, env: NodeJS.ProcessEnv = {}): Ran => {
      const options = { encoding: 'utf8', input, env: environmentWith(env) } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, command(args), options);
      return { code: status, stdout, stderr };
    };

    const ask = '{"prompt": {"do": "settings"}}';

    it('predict knows no SERVING_MODEL_CONFIG', { timeout: 60_000 }, () => {
      const { code, stdout } = run(['predict', ...local], ask, { ...serving, ...inference });
      expect([code, JSON.parse(stdout)]).toEqual([0, { config: { a: 3, b: 4 }, serving: 'true' }]);
    });

    it(
      'serve-stdin merges both configurations, and ends with its stdin',
      { timeout: 60_000 },
      () => {
        const lines = [
          JSON.stringify({ id: 1, data: JSON.parse(ask) as unknown }),
          '{"id": 2}',
          JSON.stringify({ id: 3, data: '{"prompt": {"do": "raise_error", "text": "boom"}}' }),
          JSON.stringify({ id: 4, data: '{"prompt": {"do": "echo", "value": [1.5]}}' }),
        ];
        const env = { ...serving, ...inference };
        const { code, stdout } = run(['serve-stdin', ...local], lines.join('\n'), env);
        expect(code).toBe(0);
        expect(stdout.trim().split('\n')).toEqual([
          '{"predictions": {"config": {"a": 3, "b": 5}, "serving": "true"}, "id": 1}',
          expect.stringMatching(
            /^\{"id": 2, "error": ".*data\\" is missing. \[INVALID_INPUT\]"\}$/,
          ),
          expect.stringMatching(/^\{"id": 3, "error": ".*boom.*\[PREDICT_FAILED\]"\}$/),
          '{"predictions": [1.5], "id": 4}',
        ]);
      },
    );

    it.each([
      ['predict', '-r', 'numpy'],
      ['predict', '--env', 'A=b'],
    ])('%s refuses %s where no environment is made', (...args) => {
      const { code, stdout, stderr } = run([...args, '--env-manager', 'local'], '');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^slipway: .*--env-manager local makes none. \[INVALID_OPTION\]\n$/);
    });

    it('says nothing of options without effect', { timeout: 60_000 }, () => {
      const { stderr } = run(['predict', ...local, '--verbose'], ask);
      expect(stderr).toContain('Python worker: loading');
      expect(stderr).not.toContain('no effect');
    });

    it.each([
      ['serve', 'SIGTERM', [0, null]],
      ['serve', 'SIGINT', [0, null]],
      ['serve-stdin', 'SIGTERM', [0, null]],
      ['predict', 'SIGINT', [null, 'SIGINT']],
      ['predict', 'SIGKILL', [null, 'SIGKILL']],
    ] as const)(
      '%s ends on %s while the model loads',
      async (name, signal, end) => {
        const own = randomUUID();
        const args = [
          ...command([name, ...local, '--verbose', ...(name === 'serve' ? ['-p', '0'] : [])]),
        ];
        const child: ChildProcess = spawn(process.execPath, args, {
          stdio: ['pipe', 'ignore', 'pipe'],
          env: { ...environmentWith({ PROBE_LOAD: 'hang' }), [markVariable]: own },
        });
        let printed = '';
        child.stderr!.on('data', (text: Buffer) => (printed += text.toString()));
        const exit = once(child, 'exit');
        await vi.waitFor(() => expect(printed).toContain('Python worker: loading'), 30_000);
        expect(markedProcesses(own).length).toBeGreaterThan(1);
        child.kill(signal);
        expect(await exit).toEqual(end);
        await until(() => markedProcesses(own).length === 0, 'nothing is left');
      },
      60_000,
    );

    it('a server process gets all options', { timeout: 60_000 }, async () => {
      const backend = await getFlavorBackend(saved.folder, {
        runtime: 'python',
        workers: 2,
        threads: 3,
        modelConfig: { b: 9 },
        environment: {
          envManager: 'local',
          python: referencePython!,
          extraEnvironment: { PROBE_MARK: 'secret, = and "', [markVariable]: mark },
        },
      });
      const handle = await backend.serve(saved.folder, {
        port: 0,
        host: '127.0.0.1',
        synchronous: false,
        stdout: 'ignore',
        stderr: 'ignore',
      });
      const { url } = await handle.ready;
      const tell = async (order: object): Promise<unknown> => {
        const response = await fetch(`${url}/invocations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ prompt: order }),
        });
        return response.json();
      };
      expect(await tell({ do: 'settings' })).toEqual({ config: { a: 1, b: 9 }, serving: 'true' });
      await vi.waitFor(async () => {
        const busy = Array.from({ length: 6 }, () => tell({ do: 'process', seconds: 0.5 }));
        const answers = (await Promise.all(busy)) as { pid: number; mark: string }[];
        expect(new Set(answers.map((answer) => answer.pid)).size).toBe(2);
        expect(answers[0]?.mark).toBe('secret, = and "');
      }, 30_000);
      expect(await handle.terminate()).toBe(0);
    });
  },
);
