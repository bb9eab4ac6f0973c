/** A token that opens doors for a while. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const marginMs = 5 * 60_000;

/** Asks once for all callers, and again shortly before the token ends; null where there is none to ask for. */
export function createTokenSource(
  ask: () => Promise<AccessToken | null>,
): () => Promise<string | null> {
  let asked: Promise<AccessToken | null> | undefined;
  return async () => {
    const known = await (asked ??= ask());
    if (known === null) return null;
    if (known.expiresAt - Date.now() > marginMs) return known.token;
    asked = ask();
    return (await asked)?.token ?? null;
  };
}
