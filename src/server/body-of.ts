import type { FastifyRequest } from 'fastify';

/** The body of a request as it came; empty where it has none. */
export function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
