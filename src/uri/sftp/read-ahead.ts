/** The content of a file by many reads at once: what `createReadStream` of ssh2 does one after the other. */
import type { SFTPWrapper } from 'ssh2';

/** What every server gives in one answer. Source: draft-ietf-secsh-filexfer-02, "Packet Types". */
const chunkBytes = 32_768;
/** Reads that are under way at most, as the round trips would else decide. */
const parallelReads = 16;

/** Content of `file` from byte `start` on: many reads at once, their answers in order. */
export async function* readAhead(
  sftp: SFTPWrapper,
  file: string,
  start: number,
): AsyncGenerator<Buffer> {
  const handle = await openFile(sftp, file);
  const reads: Promise<Buffer>[] = [];
  let next = start;
  const ask = (): void => {
    const read = readChunk(sftp, handle, next);
    read.catch(() => undefined); // thrown where its turn comes, if it comes
    reads.push(read);
    next += chunkBytes;
  };
  try {
    // Each answer that is full asks for two more, so little is asked for beyond the end of a short file.
    for (ask(); ; ask(), reads.length < parallelReads && ask()) {
      const chunk = await reads.shift()!;
      if (chunk.length > 0) yield chunk;
      if (chunk.length < chunkBytes) return;
    }
  } finally {
    sftp.close(handle, () => undefined);
  }
}

function openFile(sftp: SFTPWrapper, file: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sftp.open(file, 'r', (error, handle) => {
      if (error === undefined) resolve(handle);
      else reject(error);
    });
  });
}

/** Up to `chunkBytes`; fewer at the end of the file alone, whatever a single answer holds. */
async function readChunk(sftp: SFTPWrapper, handle: Buffer, position: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  while (filled < chunkBytes) {
    const count = await readOnce(sftp, handle, chunk, filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return chunk.subarray(0, filled);
}

function readOnce(
  sftp: SFTPWrapper,
  handle: Buffer,
  chunk: Buffer,
  offset: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    sftp.read(handle, chunk, offset, chunk.length - offset, position, (error, count) => {
      if (error === undefined) resolve(count);
      else reject(error);
    });
  });
}
