/** Commands as text that can be copied into a shell. */

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** @returns `ulid-migrate` and these arguments, quoted for a POSIX shell */
export function commandLine(...words: readonly string[]): string {
  return ['ulid-migrate', ...words.map(quoted)].join(' ')
}
