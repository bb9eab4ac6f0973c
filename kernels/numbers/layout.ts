// Where things lie in the memory of the numbers kernel. src/payload/numeric/numbers-memory.ts says the same.

/** 128-bit powers of five, 16 bytes each (high word first), for the exponents SMALLEST_POWER…LARGEST_POWER. */
export const POWERS: usize = 4096;
export const SMALLEST_POWER: i32 = -342;
export const LARGEST_POWER: i32 = 324;
