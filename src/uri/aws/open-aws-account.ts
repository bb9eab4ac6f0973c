/** Who we are to Amazon: region, profile, and whatever credentials the chain finds. */
import { anonymous, createHttpClient } from '../http/http-client.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import { createCredentialSource, type CredentialSource } from './find-credentials.ts';
import { type AwsProfile, readAwsProfiles } from './read-profile.ts';

/** Who asks Amazon's services, and where. */
export interface AwsAccount {
  readonly region: string;
  readonly profile: AwsProfile;
  readonly credentials: CredentialSource;
  close(): void;
}

/** Reads variables and files; asks for credentials only when they are needed. */
export async function openAwsAccount(
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<AwsAccount> {
  const read = (name: string): string | null => readText(environment, name);
  const profiles = await readAwsProfiles(environment);
  const profile = profiles.profile(profiles.name);
  const region =
    read('AWS_REGION') ?? read('AWS_DEFAULT_REGION') ?? profile.get('region') ?? 'us-east-1';
  const http = createHttpClient(readHttpSettings(environment), anonymous);
  return {
    region,
    profile,
    credentials: createCredentialSource({ environment, profiles, http, region, signal }),
    close: () => http.close(),
  };
}
