/** Names of images, as docker reads them: `[host/]path[:tag][@digest]`. Source: distribution/reference. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { isDigest } from '../oci/digest.ts';

/** A name, taken apart. */
export interface ImageReference {
  /** Host, with port: `localhost:5000`, `docker.io`. */
  readonly registry: string;
  /** `library/node`. */
  readonly repository: string;
  /** Default: `latest`, or null beside a digest. */
  readonly tag: string | null;
  readonly digest: string | null;
}

const hub = 'docker.io';
const pathPart = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const hostForm = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

/** @throws IMAGE_NAME_INVALID */
export function parseImageReference(name: string): ImageReference {
  const [, beforeDigest = '', digest = null] = /^([^@]*)(?:@(.*))?$/s.exec(name) ?? [];
  if (digest !== null && !isDigest(digest)) {
    throw invalid(name, 'what follows @ must be sha256: and 64 hex digits');
  }
  const [, path = '', tag = null] = /^(.*?)(?::([^:/]*))?$/s.exec(beforeDigest) ?? [];
  if (tag !== null && !isTag(tag)) throw invalid(name, `'${tag}' is no tag`);
  const host = namedRegistry(path);
  const rest = host === null ? path : path.slice(path.indexOf('/') + 1);
  if (host !== null && !hostForm.test(host)) throw invalid(name, `'${host}' is no host`);
  const wrong = rest.split('/').find((part) => !pathPart.test(part));
  if (wrong !== undefined) {
    throw invalid(name, `'${wrong}' may hold small letters, digits and single . _ - between them`);
  }
  const registry = host === null || host === 'index.docker.io' ? hub : host;
  const repository = registry === hub && !rest.includes('/') ? `library/${rest}` : rest;
  return { registry, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** The first part of a name where it is a host: it has a `.` or a `:`, or is `localhost`. Else null. */
export function namedRegistry(name: string): string | null {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  return /[.:]/.test(first) || first === 'localhost' ? first : null;
}

/** True for a tag. */
export function isTag(text: string): boolean {
  return tagForm.test(text);
}

/** The whole name: `docker.io/library/node:20-slim@sha256:…`. */
export function formatImageReference(reference: ImageReference): string {
  const { registry, repository, tag, digest } = reference;
  const suffix = `${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
  return `${registry}/${repository}${suffix}`;
}

/** The host that answers for a registry: that of Docker Hub has another name. */
export function apiHost(registry: string): string {
  return registry === hub ? 'registry-1.docker.io' : registry;
}

function invalid(name: string, reason: string): Error {
  return slipwayError('IMAGE_NAME_INVALID', `'${name}' is no name of an image: ${reason}`, {
    details: { name },
  });
}
