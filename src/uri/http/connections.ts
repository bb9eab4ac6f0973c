/** Keeps connections open and knows how each host is reached: TLS settings, proxies. */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { HttpSettings } from './http-settings.ts';
import { createTunnelAgent, proxyHeaders } from './proxy-agent.ts';
import { proxyFor } from './proxy-for.ts';

/** What `http.request` gets besides method and body. */
export type Route = http.RequestOptions & { readonly secure: boolean };

/** Open connections of one client. */
export interface Connections {
  /** How to ask for `url`. */
  route(url: URL): Promise<Route>;
  close(): void;
}

/** Connections are made as they are needed and kept until `close`. */
export function createConnections(settings: HttpSettings): Connections {
  const agents = new Map<string, http.Agent | https.Agent>();
  let tlsOptions: Promise<https.AgentOptions> | undefined;
  const agent = (key: string, make: () => http.Agent): http.Agent => {
    const known = agents.get(key) ?? make();
    agents.set(key, known);
    return known;
  };
  return {
    route: async (url) => {
      const proxy = proxyFor(url, settings.environment);
      const direct = { host: hostOf(url), port: url.port, path: url.pathname + url.search };
      if (url.protocol === 'http:') {
        const plain = { agent: agent('http', () => new http.Agent({ keepAlive: true })) };
        return proxy === null
          ? { ...direct, ...plain, secure: false }
          : { ...plain, ...throughProxy(url, proxy) };
      }
      const options = await (tlsOptions ??= readTlsOptions(settings));
      const made =
        proxy === null
          ? agent('https', () => new https.Agent({ ...options, keepAlive: true }))
          : agent(proxy.href, () => createTunnelAgent(proxy, options));
      return { ...direct, agent: made, secure: true };
    },
    close: () => {
      for (const kept of agents.values()) kept.destroy();
    },
  };
}

/** Plain HTTP is asked of the proxy with the whole URL. */
function throughProxy(url: URL, proxy: URL): Route {
  return {
    host: hostOf(proxy),
    port: proxy.port,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: { host: url.host, ...proxyHeaders(proxy) },
    secure: proxy.protocol === 'https:',
    ...(proxy.protocol === 'https:' ? { agent: https.globalAgent } : {}),
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

async function readTlsOptions(settings: HttpSettings): Promise<https.AgentOptions> {
  const { insecureTls, serverCertFile, clientCertFile } = settings;
  const client =
    clientCertFile === null
      ? null
      : await readPem('MLFLOW_TRACKING_CLIENT_CERT_PATH', clientCertFile);
  const ca =
    serverCertFile === null
      ? null
      : await readPem('MLFLOW_TRACKING_SERVER_CERT_PATH', serverCertFile);
  return {
    ...(insecureTls ? { rejectUnauthorized: false } : {}),
    ...(ca === null ? {} : { ca }),
    ...(client === null ? {} : { cert: client, key: client }),
  };
}

async function readPem(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      `${variable} names ${file}, which cannot be read.`,
      { details: { variable, file }, cause },
    );
  }
}
