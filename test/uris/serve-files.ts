/** An SFTP server for reading alone: folders by their listing, files from the disk. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import ssh2 from 'ssh2';

/** Serves what is below `root`; `tell` hears of each read. */
export function serveFiles(
  sftp: ssh2.SFTPWrapper,
  root: string,
  tell: (file: string, offset: number) => void,
): void {
  const { STATUS_CODE } = ssh2.utils.sftp;
  const handles = new Map<number, { readonly file: string; done: boolean }>();
  const open = (id: number, name: string): void => {
    const file = path.join(root, name);
    if (statSync(file, { throwIfNoEntry: false }) === undefined) {
      return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    }
    handles.set(handles.size, { file, done: false });
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(handles.size - 1);
    return sftp.handle(id, handle);
  };
  const attrsOf = (file: string): ssh2.Attributes => {
    const { mode, uid, gid, size, atimeMs, mtimeMs } = statSync(file);
    const [atime, mtime] = [Math.floor(atimeMs / 1000), Math.floor(mtimeMs / 1000)];
    return { mode, uid, gid, size, atime, mtime };
  };
  sftp.on('OPENDIR', open);
  sftp.on('OPEN', (id, name) => open(id, name));
  sftp.on('READDIR', (id, handle) => {
    const opened = handles.get(handle.readUInt32BE());
    if (opened === undefined || opened.done) return sftp.status(id, STATUS_CODE.EOF);
    opened.done = true;
    return sftp.name(
      id,
      readdirSync(opened.file).map((filename) => ({
        filename,
        longname: filename,
        attrs: attrsOf(path.join(opened.file, filename)),
      })),
    );
  });
  sftp.on('READ', (id, handle, offset, length) => {
    const file = handles.get(handle.readUInt32BE())?.file ?? '';
    tell(file, offset);
    const parts: Buffer[] = [];
    createReadStream(file, { start: offset, end: offset + length - 1 })
      .on('data', (part) => parts.push(part as Buffer))
      .on('end', () =>
        parts.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, Buffer.concat(parts)),
      );
  });
  const describeFile = (id: number, file: string): void => {
    const full = path.join(root, file);
    const isThere = statSync(full, { throwIfNoEntry: false }) !== undefined;
    if (isThere) sftp.attrs(id, attrsOf(full));
    else sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  };
  sftp.on('STAT', describeFile);
  sftp.on('LSTAT', describeFile);
  sftp.on('FSTAT', (id, handle) =>
    sftp.attrs(id, attrsOf(handles.get(handle.readUInt32BE())?.file ?? '')),
  );
  sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK));
}
