import { randomBytes } from 'node:crypto';

/** Characters that no log, shell or header takes amiss. */
const safe = /^[\w.:/+=@-]{1,128}$/;

/** Makes ids that no other process makes: twelve random characters of the process, then a count. */
export function createRequestIds(): (given: string | undefined) => string {
  const prefix = randomBytes(9).toString('base64url');
  let thousands = 0;
  let count = 0;
  let start = `${prefix}-0`;
  return (given) => {
    if (given !== undefined && safe.test(given)) return given;
    if (count === lastDigits.length) {
      thousands += 1;
      count = 0;
      start = `${prefix}-${thousands}`;
    }
    return start + lastDigits[count++]!;
  };
}

/** Printing a number for each request would take longer than all the rest of an id. */
const lastDigits: readonly string[] = Array.from({ length: 1000 }, (_, n) =>
  String(n).padStart(3, '0'),
);
