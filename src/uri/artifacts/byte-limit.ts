import { Transform } from 'node:stream';

/** Passes on what comes, and fails with `reason` after `limitBytes`. */
export function createByteLimit(limitBytes: number, reason: string): Transform {
  let byteCount = 0;
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      byteCount += part.length;
      if (byteCount > limitBytes) done(new Error(reason));
      else done(null, part);
    },
  });
}
