import { describe, expect, it } from 'vitest';
import { formatMs } from './format-ms.ts';
import { routeOf } from './route-of.ts';
import { createServerLog } from './server-log.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

describe('formatMs', () => {
  it('prints what rounding to three decimals gives', () => {
    for (const ms of [0, 0.0004, 0.0005, 0.001, 0.0999, 1, 12.3456, 999.9994, 999.9996, 1e6, -1]) {
      expect(Number(formatMs(ms))).toBe(Math.round(ms * 1000) / 1000);
    }
    expect(formatMs(1.002)).toBe('1.002');
  });
});

describe('routeOf', () => {
  it.each([
    ['/invocations', '/invocations'],
    ['/invocations?x=1', '/invocations'],
    ['/models/wine/invocations', '/models/{model}/invocations'],
    ['/v2', '/v2'],
    ['/v2/models/wine', '/v2/models/{model}'],
    ['/v2/models/wine/ready?a', '/v2/models/{model}/ready'],
    ['/v2/models/wine/versions/3/infer', '/v2/models/{model}/versions/{version}/infer'],
    ['/v2/repository/models/wine/load', '/v2/repository/models/{model}/load'],
    ['/v2/models/wine/else', 'other'],
    ['/../etc/passwd', 'other'],
    ['', 'other'],
  ])('of %s is %s', (url, route) => {
    expect(routeOf(url)).toBe(route);
  });
});

describe('trace context', () => {
  const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  it('is read and written', () => {
    const context = parseTraceparent(header);
    expect(context).toMatchObject({ spanId: 'b7ad6b7169203331', flags: 1 });
    expect(formatTraceparent(context!)).toBe(header);
    expect(parseTraceparent(`01${header.slice(2)}-future`)).not.toBeNull();
  });

  it.each([
    undefined,
    '',
    header.toUpperCase(),
    `ff${header.slice(2)}`,
    `${header}-more`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
  ])('ignores %s', (bad) => {
    expect(parseTraceparent(bad)).toBeNull();
  });
});

describe('the log of the server', () => {
  it('writes lines of its level and above, as text or as JSON', () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const text = createServerLog({ level: 'warn', format: 'text', write });
    text('info', 'quiet');
    text('error', 'loud');
    const json = createServerLog({ level: 'info', format: 'json', write });
    json('warn', 'two\nlines');
    expect(lines[0]).toBe('loud\n');
    expect(JSON.parse(lines[1]!)).toMatchObject({ level: 40, msg: 'two\nlines' });
    expect(lines).toHaveLength(2);
  });
});
