/** Connections to https hosts through a proxy: CONNECT, then TLS inside the tunnel. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

type Done = (error: Error | null, socket?: Duplex) => void;

/** An agent for https whose connections go through `proxy`. */
export function createTunnelAgent(proxy: URL, options: https.AgentOptions): https.Agent {
  const agent = new https.Agent({ ...options, keepAlive: true });
  const connect = (target: tls.ConnectionOptions, done: Done): undefined => {
    openTunnel(proxy, `${target.host ?? ''}:${target.port ?? 443}`, (error, socket) => {
      if (error !== null || socket === undefined) {
        done(error ?? new Error('no socket'));
        return;
      }
      const secure = tls.connect({ ...target, ...options, socket });
      secure.once('error', done);
      secure.once('secureConnect', () => done(null, secure));
    });
    return undefined;
  };
  return Object.assign(agent, { createConnection: connect });
}

function openTunnel(proxy: URL, authority: string, done: Done): void {
  const { request } = proxy.protocol === 'https:' ? https : http;
  const asked = request({
    host: proxy.hostname,
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyHeaders(proxy) },
  });
  asked.once('connect', (answer, socket) => {
    if (answer.statusCode === 200) return done(null, socket);
    socket.destroy();
    return done(new Error(`the proxy ${proxy.host} answered ${answer.statusCode ?? 0}`));
  });
  asked.once('error', done);
  asked.end();
}

/** Credentials in the proxy's URL, as a header. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
