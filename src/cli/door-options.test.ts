import { Command } from 'commander';
import { expect, it } from 'vitest';
import { doorArguments, doorEnvironment } from '../backend/door-arguments.ts';
import type { ConnectionLimits, DoorOptions } from '../contract/server-options.ts';
import { addDoorOptions, doorOptionsOf, type DoorValues } from './door-options.ts';

type Doors = ConnectionLimits & DoorOptions;

function parse(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Doors {
  const command = addDoorOptions(new Command()).exitOverride();
  command.parse(args, { from: 'user' });
  return doorOptionsOf(command.opts<DoorValues>(), environment);
}

/** Every option there is: the compiler asks for those that are new. */
const all: Required<Doors> = {
  maxBodyBytes: 1000,
  headerTimeoutSeconds: 1,
  bodyTimeoutSeconds: 2,
  keepAliveTimeoutSeconds: 3,
  maxConnections: 4,
  tlsCert: 'c.pem',
  tlsKey: 'k.pem',
  tlsClientCa: 'ca.pem',
  apiKeys: ['a', 'b'],
  apiKeyFile: 'keys',
  corsOrigins: ['https://a.example', 'https://b.example'],
  allowedHosts: ['a.example'],
  unixSocket: '/tmp/s',
  unixSocketMode: 0o660,
};

it('says to a server process all that the library was told', () => {
  const serve = { port: 0, ...all };
  expect(parse(doorArguments(serve), doorEnvironment(serve))).toEqual(all);
  expect(parse(doorArguments({ port: 0 }), doorEnvironment({ port: 0 }))).toEqual({});
});

it.each([
  ['1000', 1000],
  ['500kB', 500_000],
  ['100MB', 100_000_000],
  ['1.5MiB', 1_572_864],
  ['2g', 2 ** 31],
])('reads the size %s', (text, maxBodyBytes) => {
  expect(parse(['--max-body', text])).toEqual({ maxBodyBytes });
});

it.each(['', '0', '-1', 'much', '1TB', '1e9', '99999999GiB'])('refuses the size %j', (text) => {
  expect(() => parse(['--max-body', text])).toThrow(/is not a size/);
});

it.each(['9', '888', '66', 'rw-'])('refuses the mode %j', (text) => {
  expect(() => parse(['--unix-socket-mode', text])).toThrow(/is not a mode/);
});

it('takes lists as variables have them', () => {
  const { corsOrigins } = parse(['--cors-origin', 'https://a.example, https://b.example']);
  expect(corsOrigins).toEqual(['https://a.example', 'https://b.example']);
});
