/** Commands as text that can be copied into a shell: names of files and columns come from anywhere, and stay words. */

/** One word, quoted for a POSIX shell where it needs to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** `ulid-migrate` and these arguments. */
export function commandLine(...words: readonly string[]): string {
  return shellWords(['ulid-migrate', ...words])
}

/** Any command. */
export function shellWords(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/** A sentence with a command in it: every value put in is one word of that command. */
export function inShell(text: TemplateStringsArray, ...words: readonly (string | number)[]): string {
  return text.map((part, at) => part + (at < words.length ? quoted(String(words[at])) : '')).join('')
}
