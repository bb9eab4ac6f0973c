/** Set in the environment of a process that a supervisor started: the number of its place, from 1. */
export const siblingVariable = 'SLIPWAY_SIBLING';

/** Whether this process is one of several that a supervisor started. */
export function isSibling(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment[siblingVariable] !== undefined && process.send !== undefined;
}

/** The number of this process among those of its supervisor, which the one that replaces it gets as well; null: it has none. */
export function siblingPlace(environment: NodeJS.ProcessEnv = process.env): number | null {
  return isSibling(environment) ? Number(environment[siblingVariable]) : null;
}
