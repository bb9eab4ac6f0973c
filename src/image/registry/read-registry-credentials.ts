/** Who we are to a registry: what `docker login`, `podman login` and credential helpers left. Source: docker config files, containers-auth.json(5). */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { slipwayError } from '../../errors/slipway-error.ts';
import { runProgram } from '../../env/run-program.ts';

/** Credentials for one registry. */
export type RegistryCredentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A token that buys other tokens: an “identity token”. */
  | { readonly kind: 'token'; readonly token: string };

const entry = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});

const configFile = z.looseObject({
  auths: z.record(z.string(), entry).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

interface ConfigFile {
  readonly file: string;
  readonly content: z.infer<typeof configFile>;
}

type Entry = z.infer<typeof entry>;

/**
 * Credentials for `repository` of `registry`; null when there are none.
 * @throws REGISTRY_ACCESS_DENIED when a file or a helper that is there cannot be used
 */
export async function readRegistryCredentials(
  registry: string,
  repository: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RegistryCredentials | null> {
  for (const file of configFiles(environment)) {
    const config = await readConfig(file);
    if (config === null) continue;
    const found =
      (await askHelper(config, registry, environment)) ??
      credentialsOf(config, findEntry(config, registry, repository));
    if (found !== null) return found;
  }
  return null;
}

function configFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const read = (name: string): string => environment[name] ?? '';
  const home = read('HOME') === '' ? homedir() : read('HOME');
  const docker = read('DOCKER_CONFIG') === '' ? path.join(home, '.docker') : read('DOCKER_CONFIG');
  const runtime = read('XDG_RUNTIME_DIR');
  return [
    ...(read('REGISTRY_AUTH_FILE') === '' ? [] : [read('REGISTRY_AUTH_FILE')]),
    path.join(docker, 'config.json'),
    ...(runtime === '' ? [] : [path.join(runtime, 'containers', 'auth.json')]),
    path.join(home, '.config', 'containers', 'auth.json'),
  ];
}

async function readConfig(file: string): Promise<ConfigFile | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null || text.trim() === '') return null;
  try {
    return { file, content: configFile.parse(JSON.parse(text)) };
  } catch {
    // What the parser says would repeat parts of a file that holds passwords.
    throw unusable(`${file} cannot be read as the credentials of registries: mend or remove it`);
  }
}

/** Docker writes Hub's credentials under its old address; some tools write whole URLs; podman those of a path. */
function findEntry(
  { content: { auths = {} } }: ConfigFile,
  registry: string,
  repository: string,
): Entry | undefined {
  const parts = repository.split('/');
  const paths = parts.map((_, at) => [registry, ...parts.slice(0, parts.length - at)].join('/'));
  const names = [...paths, ...keysOf(registry)];
  return names.map((name) => auths[name]).find((found) => found !== undefined);
}

function keysOf(registry: string): readonly string[] {
  const hub =
    registry === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'] : [];
  const own = [registry, `https://${registry}`, `https://${registry}/`, `http://${registry}`];
  return [...hub, ...own, `https://${registry}/v1/`, `https://${registry}/v2/`];
}

function credentialsOf({ file }: ConfigFile, found: Entry | undefined): RegistryCredentials | null {
  if (found === undefined) return null;
  const { identitytoken: token, auth } = found;
  if (token !== undefined && token !== '') return { kind: 'token', token };
  if (auth !== undefined && auth !== '') {
    const pair = Buffer.from(auth, 'base64').toString('utf8').replaceAll('\0', '');
    const colon = pair.indexOf(':');
    if (colon < 0) throw unusable(`${file} holds an entry whose auth is no name and password`);
    return { kind: 'password', username: pair.slice(0, colon), password: pair.slice(colon + 1) };
  }
  const { username, password } = found;
  if (username === undefined || password === undefined) return null;
  return { kind: 'password', username, password };
}

const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** The helper named for the registry, else the store for all. */
async function askHelper(
  { content, file }: ConfigFile,
  registry: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | null> {
  const own = content.credHelpers?.[registry];
  const helper = own ?? content.credsStore;
  if (helper === undefined || helper === '') return null;
  const [server = registry] = keysOf(registry);
  const program = `docker-credential-${helper}`;
  const { code, stdout } = await runProgram(program, ['get'], { environment, input: server });
  if (code === 127) {
    if (own === undefined) return null;
    throw unusable(`${file} names the credential helper ${program}, which is not on PATH`);
  }
  if (code !== 0) return null;
  const answer = parseAnswer(stdout);
  if (answer === null) throw unusable(`${program} answered with something that is no credentials`);
  const { Username: username, Secret: secret } = answer;
  if (username === '<token>') return { kind: 'token', token: secret };
  return username === '' ? null : { kind: 'password', username, password: secret };
}

function parseAnswer(text: string): z.infer<typeof helperAnswer> | null {
  try {
    return helperAnswer.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function unusable(message: string): Error {
  return slipwayError('REGISTRY_ACCESS_DENIED', message);
}
