/** Archives as a test wants them, sound or not. */
import { crc32, deflateRawSync } from 'node:zlib';

/** One entry. */
export interface MadeEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Type flag of tar, or symlink for zip. Default: a file. */
  readonly link?: boolean;
  /** Says another size than it has. */
  readonly claimedBytes?: number;
}

/** A ustar archive. */
export function makeTar(entries: readonly MadeEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, link, claimedBytes }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write((claimedBytes ?? content.length).toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write(link === true ? '2' : '0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive; every other entry is deflated. */
export function makeZip(entries: readonly MadeEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [index, { name, content, link, claimedBytes }] of entries.entries()) {
    const stored = index % 2 === 0 ? content : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(index % 2 === 0 ? 0 : 8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(claimedBytes ?? content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      fields,
      Buffer.from(name),
      stored,
    ]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(link === true ? (0o120777 << 16) >>> 0 : 0, 6);
    tail.writeUInt32LE(offset, 10);
    const head = Buffer.from('PK\x01\x02\x14\x03', 'latin1');
    central.push(Buffer.concat([head, fields, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
