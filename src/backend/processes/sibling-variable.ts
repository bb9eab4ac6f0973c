/** Set in the environment of a process that a supervisor started. */
export const siblingVariable = 'SLIPWAY_SIBLING';

/** Whether this process is one of several that a supervisor started. */
export function isSibling(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment[siblingVariable] !== undefined && process.send !== undefined;
}
