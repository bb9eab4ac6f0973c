/** How a server process is told the variables of its model's environment. */

/** Variable that holds them as a JSON object. */
export const extraEnvironmentVariable = 'SLIPWAY_EXTRA_ENVIRONMENT';

/** Those among the members of the object that can be variables. */
export function extraVariables(
  object: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, string>> {
  const entries = Object.entries(object ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
