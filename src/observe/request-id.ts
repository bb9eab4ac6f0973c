import { randomBytes } from 'node:crypto';

/** Characters that no log, shell or header takes amiss. */
const safe = /^[\w.:/+=@-]{1,128}$/;

/** Makes ids that no other process makes: twelve random characters of the process, then a count. */
export function createRequestIds(): (given: string | undefined) => string {
  const prefix = `${randomBytes(9).toString('base64url')}-`;
  let count = 0;
  return (given) => {
    if (given !== undefined && safe.test(given)) return given;
    count += 1;
    return prefix + count.toString(36);
  };
}
