/** The shell command that fetches a model to the folder `DIR`, with the URI quoted for a POSIX shell. */
export function fetchCommand(uri: string): string {
  return `mlflow artifacts download -u '${uri.replaceAll("'", String.raw`'\''`)}' -d DIR`;
}
