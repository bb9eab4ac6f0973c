/** Characters that no log, shell or header takes amiss. */
const safe = /^[\w.:/+=@-]{1,128}$/;

/**
 * Makes ids that no other process makes: ten random characters (60 bits), drawn anew after 4,096 ids, then two that count.
 * Twelve characters in all, since V8 joins longer texts only when they are read, which costs more than all the rest of an id.
 */
export function createRequestIds(): (given: string | undefined) => string {
  let start = '';
  let count = endings.length;
  return (given) => {
    if (given !== undefined && safe.test(given)) return given;
    if (count === endings.length) {
      start = randomStart();
      count = 0;
    }
    return start + endings[count++]!;
  };
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Node's cryptography would have to be loaded for it, which takes 5 ms of a start; nobody may rely on ids being secret. */
function randomStart(): string {
  const drawn = Array.from({ length: 10 }, () => digits[Math.floor(Math.random() * digits.length)]);
  return drawn.join('');
}

/** Every pair of digits, made once: printing a number for each request would take longer than all the rest. */
const endings: readonly string[] = Array.from(digits, (high) =>
  Array.from(digits, (low) => high + low),
).flat();
