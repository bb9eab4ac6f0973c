import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { readText } from '../http/http-settings.ts';
import { parseIniSection } from '../http/read-credentials.ts';

/** What the files of `~/.aws` say of one profile. */
export type AwsProfile = ReadonlyMap<string, string>;

/** Reads profiles and sessions of single sign-on. */
export interface AwsProfiles {
  /** The name asked for: AWS_PROFILE, else `default`. */
  readonly name: string;
  /** Both files; credentials come before config. */
  profile(name: string): AwsProfile;
  /** `[sso-session name]` of the config file. */
  session(name: string): AwsProfile;
}

/** Folder of Amazon's settings. */
export function awsFolder(environment: NodeJS.ProcessEnv): string {
  return path.join(readText(environment, 'HOME') ?? homedir(), '.aws');
}

/** Files that are not there count as empty. */
export async function readAwsProfiles(environment: NodeJS.ProcessEnv): Promise<AwsProfiles> {
  const read = (name: string): string | null => readText(environment, name);
  const load = (variable: string, file: string): Promise<string> =>
    readFile(read(variable) ?? path.join(awsFolder(environment), file), 'utf8').catch(() => '');
  const config = await load('AWS_CONFIG_FILE', 'config');
  const credentials = await load('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  return {
    name: read('AWS_PROFILE') ?? read('AWS_DEFAULT_PROFILE') ?? 'default',
    profile: (name) =>
      new Map([
        ...parseIniSection(config, name === 'default' ? name : `profile ${name}`),
        ...parseIniSection(credentials, name),
      ]),
    session: (name) => parseIniSection(config, `sso-session ${name}`),
  };
}
