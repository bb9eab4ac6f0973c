/** A key pair, temporary with a session token. */
export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | null;
}

/** Credentials that end at a time, in milliseconds since 1970; null: never. */
export interface ExpiringCredentials extends AwsCredentials {
  readonly expiresAt: number | null;
}
