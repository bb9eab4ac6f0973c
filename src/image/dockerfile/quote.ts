/** A value of LABEL and ENV as a word of a Dockerfile: nothing in it is expanded. */
export function quoteWord(value: string): string {
  const escaped = value.replaceAll(/["\\$]/g, String.raw`\$&`).replaceAll(/[\r\n]+/g, ' ');
  return `"${escaped}"`;
}

/** Exec form, which no shell reads. */
export function execForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** One argument of a shell command in RUN, which expands nothing of it. */
export function quoteArgument(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
