import type { ContainerConfig } from '../../contract/image-recipe.ts';
import { sortKeys } from './assemble-image.ts';
import type { ImageConfig } from './documents.ts';

type StartConfig = NonNullable<ImageConfig['config']>;

/** Docker counts in nanoseconds. */
const nanosecondsPerSecond = 1e9;

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How a container starts: the base's settings, and ours over them. */
export function startConfig(base: StartConfig, ours: ContainerConfig): StartConfig {
  const { healthcheck: health } = ours;
  return {
    ...base,
    User: ours.user,
    ExposedPorts: Object.fromEntries(ours.ports.map((port) => [`${port}/tcp`, {}])),
    Env: mergeEnvironment(base.Env ?? [], ours),
    Entrypoint: ours.entrypoint,
    Cmd: ours.command,
    WorkingDir: ours.workingDirectory,
    Labels: sortKeys({ ...base.Labels, ...ours.labels }),
    Healthcheck: {
      Test: ['CMD', ...health.command],
      Interval: health.intervalSeconds * nanosecondsPerSecond,
      Timeout: health.timeoutSeconds * nanosecondsPerSecond,
      StartPeriod: health.startPeriodSeconds * nanosecondsPerSecond,
      Retries: health.retries,
    },
    StopSignal: 'SIGTERM',
  };
}

function mergeEnvironment(
  base: readonly string[],
  { env, path }: ContainerConfig,
): readonly string[] {
  const variables = new Map(
    base.map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)] as const;
    }),
  );
  for (const [name, value] of Object.entries(env)) variables.set(name, value);
  const own = variables.get('PATH') ?? defaultPath;
  const folders = [...path.before, ...own.split(':'), ...path.after];
  variables.set('PATH', [...new Set(folders)].join(':'));
  return Array.from(variables, ([name, value]) => `${name}=${value}`);
}
