/** A wheel of one module and one script, written without Python: what environments are filled with in tests, offline. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** Writes `<name>-<version>-py3-none-any.whl` into `folder`. `tiny` is its script: it prints the version. */
export function writeTinyWheel(
  folder: string,
  version: string,
  body: string = '',
  name: string = 'tiny_pkg',
): void {
  const info = `${name}-${version}.dist-info`;
  const files: readonly (readonly [string, string])[] = [
    [`${name}.py`, `${body}\ndef main():\n    print("tiny ${version}")\n`],
    [
      `${info}/METADATA`,
      `Metadata-Version: 2.1\nName: ${name.replace('_', '-')}\nVersion: ${version}\n`,
    ],
    [
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ],
    [`${info}/entry_points.txt`, `[console_scripts]\ntiny = ${name}:main\n`],
  ];
  const record = [...files.map(([file]) => file), `${info}/RECORD`].map((file) => `${file},,\n`);
  const zip = storeZip([...files, [`${info}/RECORD`, record.join('')]]);
  writeFileSync(path.join(folder, `${name}-${version}-py3-none-any.whl`), zip);
}

/** A zip archive without compression. */
function storeZip(files: readonly (readonly [string, string])[]): Uint8Array {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of files) {
    const data = Buffer.from(text);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0); // version needed
    shared.writeUInt16LE(0x5a21, 8); // date: 1 January 2025
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([signature(0x04034b50), shared, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(
      Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), shared, tail, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directory, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
