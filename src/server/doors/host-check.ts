/**
 * Refuses requests that name another host, where the server is meant for this machine only. A web page can make its own
 * name mean 127.0.0.1 and so read answers of local servers (DNS rebinding); but the Host header still says that name.
 */
import net from 'node:net';

/** Whether a request may name this host; `undefined` where it names none. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * Makes the check. What nobody can register in the public DNS passes: addresses, names without a dot, `*.localhost`.
 *
 * @param bound where the server listens
 * @param allowed names that pass as well; `*`: all do
 * @returns null where every host passes
 */
export function createHostCheck(bound: string, allowed: readonly string[] = []): HostCheck | null {
  if (allowed.includes('*') || (allowed.length === 0 && !isLoopback(bound))) return null;
  const names = new Set([bound, ...allowed].map((name) => name.toLowerCase()));
  const check = (host: string): boolean => {
    const name = nameOf(host);
    return names.has(name) || names.has(host.toLowerCase()) || isUnregistrable(name);
  };
  // Clients mostly send the same one again.
  let last: string | undefined;
  return (host) => {
    if (host === undefined || host === last) return true;
    if (!check(host)) return false;
    last = host;
    return true;
  };
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Without the port and the brackets of an IPv6 address. */
function nameOf(host: string): string {
  const [, name = host] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host) ?? [];
  return name
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Node's test for IPv6 comes last: it takes 5 ms to get ready, in the first answer of a server. */
function isUnregistrable(name: string): boolean {
  return !name.includes('.') || name.endsWith('.localhost') || net.isIPv4(name) || net.isIPv6(name);
}
