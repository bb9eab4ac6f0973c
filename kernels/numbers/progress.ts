// How far a pass over rows came, as JavaScript reads it after the call.

/** All input of the window is read, or it stopped at a row that does not end in the window. */
export const STOPPED: i32 = 0;
/** The list of rows is closed; `position` is behind its bracket. */
export const CLOSED: i32 = 1;
/** No room for another row. */
export const FULL: i32 = 2;

/** Address of the first byte that is not consumed: always the start of a row, or behind the list. */
export let position: usize = 0;
export let rowCount: i32 = 0;

export function setProgress(p: usize, rows: i32): void {
  position = p;
  rowCount = rows;
}
