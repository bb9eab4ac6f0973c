/** Headers of a tar archive: ustar, with a pax record before those that do not fit. Source: POSIX.1-2001 pax. */
import { type LayerEntry, sizeOf } from './layer-entry.ts';

const blockBytes = 512;
/** Eleven octal digits. */
const sizeLimit = 8 * 2 ** 30;

const flags = { file: '0', directory: '5', symlink: '2' } as const;
const defaultModes = { file: 0o644, directory: 0o755, symlink: 0o777 } as const;

/** Header blocks of `entry`; the only time in them is `mtimeSeconds`. */
export function encodeTarHeader(entry: LayerEntry, mtimeSeconds: number): Buffer {
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const target = entry.type === 'symlink' ? entry.target : '';
  const size = sizeOf(entry);
  const records = [
    ...(fits(path) ? [] : [paxRecord('path', path)]),
    ...(fits(target) ? [] : [paxRecord('linkpath', target)]),
    ...(size < sizeLimit ? [] : [paxRecord('size', String(size))]),
  ].join('');
  const fields: HeaderFields = {
    path: shorten(path),
    target: shorten(target),
    size: size < sizeLimit ? size : 0,
    mode: entry.mode ?? defaultModes[entry.type],
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    flag: flags[entry.type],
    mtimeSeconds,
  };
  if (records === '') return ustarBlock(fields);
  const extended = Buffer.from(records);
  const before = { ...fields, path: shorten(`PaxHeaders/${path}`), target: '', mode: 0o644 };
  return Buffer.concat([
    ustarBlock({ ...before, size: extended.length, flag: 'x' }),
    extended,
    tarPadding(extended.length),
    ustarBlock(fields),
  ]);
}

/** Zeros from the end of `sizeBytes` of content to the end of its block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

/** What stands at the end of an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);

interface HeaderFields {
  readonly path: string;
  readonly target: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly flag: string;
  readonly mtimeSeconds: number;
}

function ustarBlock(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  block.write(fields.path, 0, 100, 'latin1');
  octal(fields.mode, 100, 7);
  octal(fields.uid, 108, 7);
  octal(fields.gid, 116, 7);
  octal(fields.size, 124, 11);
  octal(fields.mtimeSeconds, 136, 11);
  block.write('        ', 148, 'latin1');
  block.write(fields.flag, 156, 'latin1');
  block.write(fields.target, 157, 100, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  octal(0, 329, 7);
  octal(0, 337, 7);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function fits(text: string): boolean {
  return text.length <= 100 && !/[^\u0020-\u007e]/.test(text);
}

/** For readers that pass over pax records. */
function shorten(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, '_').slice(0, 100);
}

/** `length key=value\n`; the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}
