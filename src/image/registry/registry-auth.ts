/** The `Authorization` of a registry: none until it asks, then Basic, or Bearer tokens bought at the place it names. */
import { z } from 'zod';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { isLoopback } from './is-loopback.ts';
import { type Challenge, parseChallenges } from './parse-challenges.ts';
import type { RegistryCredentials } from './read-registry-credentials.ts';

/** Asks for a token; a registry's own transport, without its authorization. */
export type AskForToken = (request: TokenRequest) => Promise<string>;

/** One request to a token service. */
export interface TokenRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const tokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
});

/** Authorization for one registry. */
export class RegistryAuth {
  readonly #host: string;
  readonly #credentials: RegistryCredentials | null;
  readonly #ask: AskForToken;
  #challenge: Challenge | null = null;
  /** Scope → token; bought once, also when several requests want it at a time. */
  readonly #tokens = new Map<string, Promise<string>>();
  /** Whatever must not stand in a message. */
  readonly secrets: Set<string> = new Set();

  constructor(host: string, credentials: RegistryCredentials | null, ask: AskForToken) {
    this.#host = host;
    this.#credentials = credentials;
    this.#ask = ask;
    if (credentials?.kind === 'password') this.#hide(credentials.password, basicOf(credentials));
    if (credentials?.kind === 'token') this.#hide(credentials.token);
  }

  /**
   * Value for a request to `url` that needs `scope`; null for none. Nothing goes to another host, and nothing over
   * plain HTTP but to this machine itself.
   */
  async headerFor(url: URL, scope: string): Promise<string | null> {
    const challenge = this.#challenge;
    if (challenge === null || url.host !== this.#host || !isPrivate(url)) return null;
    if (challenge.scheme === 'basic') {
      const credentials = this.#credentials;
      return credentials?.kind === 'password' ? `Basic ${basicOf(credentials)}` : null;
    }
    const known = this.#tokens.get(scope) ?? this.#buy(challenge, scope);
    this.#tokens.set(scope, known);
    try {
      return `Bearer ${await known}`;
    } catch (error) {
      this.#tokens.delete(scope);
      throw error;
    }
  }

  /** Takes note of what `url` wants; true if the same request may now fare better. */
  learn(url: URL, header: string | undefined, scope: string): boolean {
    if (url.host !== this.#host) return false;
    const [challenge] = parseChallenges(header ?? '');
    if (challenge === undefined) return false;
    if (challenge.scheme === 'basic' && this.#credentials === null) return false;
    if (!isPrivate(url)) throw refusedPlain(url);
    this.#challenge = challenge;
    this.#tokens.delete(scope);
    return true;
  }

  async #buy({ parameters }: Challenge, scope: string): Promise<string> {
    const realm = parameters.get('realm') ?? '';
    if (!URL.canParse(realm)) throw refusedRealm(this.#host, 'names no address for tokens');
    const url = new URL(realm);
    if (!/^https?:$/.test(url.protocol) || !isPrivate(url)) throw refusedPlain(url);
    const service = parameters.get('service');
    const text = await this.#ask(tokenRequest(url, service, scope, this.#credentials));
    const token = readToken(text);
    if (token === null) throw refusedRealm(url.host, 'answered without a token');
    this.#hide(token);
    return token;
  }

  #hide(...secrets: readonly string[]): void {
    for (const secret of secrets) if (secret !== '') this.secrets.add(secret);
  }
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credentials: RegistryCredentials | null,
): TokenRequest {
  const scopes = scope === '' ? [] : scope.split(' ');
  if (credentials?.kind === 'token') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'slipway',
      refresh_token: credentials.token,
      ...(service === undefined ? {} : { service }),
      ...(scope === '' ? {} : { scope }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url: realm, method: 'POST', headers, body: form.toString() };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of scopes) url.searchParams.append('scope', one);
  const headers = credentials === null ? {} : { authorization: `Basic ${basicOf(credentials)}` };
  return { url, method: 'GET', headers };
}

function basicOf({ username, password }: RegistryCredentials & { kind: 'password' }): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function readToken(text: string): string | null {
  try {
    const { token, access_token: other } = tokenAnswer.parse(JSON.parse(text));
    return token ?? other ?? null;
  } catch {
    return null;
  }
}

/** Encrypted, or never on a network. */
function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url.host);
}

function refusedPlain(url: URL): SlipwayError {
  return slipwayError(
    'REGISTRY_ACCESS_DENIED',
    `${url.host} wants credentials over plain HTTP, where anybody can read them: give it TLS`,
    { details: { host: url.host } },
  );
}

function refusedRealm(host: string, what: string): SlipwayError {
  return slipwayError('REGISTRY_ACCESS_DENIED', `${host} ${what}`, { details: { host } });
}
