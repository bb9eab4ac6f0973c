let second = 0;
let text = '';

/**
 * The `Date` header of an answer, made once a second.
 *
 * @param nowMs as `performance.now()`
 */
export function httpDate(nowMs: number): string {
  const now = Math.floor((performance.timeOrigin + nowMs) / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
