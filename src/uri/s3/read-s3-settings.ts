/** Where and how a bucket is asked for: S3, Cloudflare R2, Backblaze B2, or another service that speaks their language. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { AwsProfile } from '../aws/read-profile.ts';
import { type HttpSettings, readFlag, readHttpSettings, readText } from '../http/http-settings.ts';

/** A bucket and a path in it. */
export interface S3Address {
  readonly scheme: 's3' | 'r2' | 'b2';
  readonly bucket: string;
  readonly key: string;
  /** Host that the URI names (`r2`, `b2`); null for the one of the settings. */
  readonly host: string | null;
}

/** How a bucket is asked for. */
export interface S3Settings {
  readonly region: string;
  /** null for Amazon's own. */
  readonly endpoint: URL | null;
  /** `path`: bucket in the path; `virtual`: in the host name. */
  readonly addressing: 'path' | 'virtual';
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** false for public buckets that are asked as nobody. */
  readonly isSigned: boolean;
  readonly http: HttpSettings;
}

type Read = (name: string) => string | null;

/**
 * Reads `s3://bucket/key`, `r2://bucket@account.r2.cloudflarestorage.com/key`, `b2://bucket@s3.region.backblazeb2.com/key`.
 * @throws MODEL_URI_INVALID
 */
export function parseS3Uri(uri: string): S3Address {
  const [, scheme = '', bucket = '', host, key = ''] =
    /^(s3|r2|b2):\/\/([^/@]+)(?:@([^/]+))?\/?(.*)$/is.exec(uri) ?? [];
  const isS3 = scheme.toLowerCase() === 's3';
  if (bucket === '' || isS3 === (host !== undefined)) {
    const form = /^s3:/i.test(uri) ? 's3://bucket/path' : `${uri.slice(0, 2)}://bucket@host/path`;
    throw slipwayError('MODEL_URI_INVALID', `${uri} is not of the form ${form}`, {
      details: { uri },
    });
  }
  return { scheme: scheme.toLowerCase() as S3Address['scheme'], bucket, key, host: host ?? null };
}

/**
 * Reads MLflow's variables and those of Amazon's tools.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function readS3Settings(
  { scheme, bucket, host }: S3Address,
  environment: NodeJS.ProcessEnv,
  account: { readonly region: string; readonly profile: AwsProfile },
): S3Settings {
  const read: Read = (name) => readText(environment, name);
  const endpoint =
    host === null ? endpointOf(read, account.profile) : parseEndpoint(`https://${host}`);
  const style = scheme === 's3' ? read('MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE') : stylesOf[scheme];
  const owner = read('MLFLOW_S3_EXPECTED_BUCKET_OWNER');
  return {
    region: regionOf(scheme, host, account.region),
    endpoint,
    addressing: addressingOf(style, bucket, endpoint),
    headers: owner === null ? {} : { 'x-amz-expected-bucket-owner': owner },
    isSigned: read('MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION')?.toLowerCase() !== 'unsigned',
    http: {
      ...readHttpSettings(environment),
      insecureTls: readFlag(environment, 'MLFLOW_S3_IGNORE_TLS', false),
      serverCertFile: read('AWS_CA_BUNDLE'),
      clientCertFile: null,
    },
  };
}

/** Source: MLflow 3.17.2 store/artifact/r2_artifact_repo.py, b2_artifact_repo.py. */
const stylesOf = { r2: 'virtual', b2: 'path' } as const;

function regionOf(scheme: S3Address['scheme'], host: string | null, region: string): string {
  if (scheme === 'r2') return 'auto';
  return /^s3\.([^.]+)\.backblazeb2\.com$/i.exec(host ?? '')?.[1] ?? region;
}

function endpointOf(read: Read, profile: AwsProfile): URL | null {
  const text =
    read('MLFLOW_S3_ENDPOINT_URL') ??
    read('AWS_ENDPOINT_URL_S3') ??
    read('AWS_ENDPOINT_URL') ??
    profile.get('endpoint_url') ??
    null;
  return text === null ? null : parseEndpoint(text);
}

function parseEndpoint(text: string): URL {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `the endpoint of S3 must be an http(s) address, not '${text}'.`,
  );
}

/** As boto3's `auto`: in the host name where that is a name, and never for addresses of other services. */
function addressingOf(
  style: string | null,
  bucket: string,
  endpoint: URL | null,
): 'path' | 'virtual' {
  if (style === 'path' || style === 'virtual') return style;
  if (style !== null && style !== 'auto') {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      `MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE must be auto, path or virtual, not '${style}'.`,
    );
  }
  return endpoint === null && /^[a-z0-9-]{3,63}$/.test(bucket) ? 'virtual' : 'path';
}
