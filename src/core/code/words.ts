/** What a name tells of the value that it is given: whether it names rows, and whether those outlive the process. */

/** `sessionId`, `session_id` and `SESSION_ID` have the words session and id. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

const idWords = new Set(['id', 'ids', 'uuid', 'guid', 'uid', 'ulid', 'identifier'])

/** Whether it is the name of an id; `get_by_id` is not. */
export function isIdName(name: string): boolean {
  const words = wordsOf(name)
  return idWords.has(words.at(-1) ?? '') && words.at(-2) !== 'by'
}

/** What is gone with the process, or must not tell its time: such ids stay. */
const leftAlone: readonly (readonly [words: readonly string[], why: string])[] = [
  [['lock', 'locks', 'mutex', 'lease', 'semaphore'], 'It names a lock, which is gone with its holder.'],
  [
    ['connection', 'conn', 'socket', 'websocket', 'subscriber', 'subscription'],
    'It names a connection, which is gone when it closes.',
  ],
  [
    ['tmp', 'temp', 'temporary', 'tempfile', 'tempdir', 'mkdtemp', 'scratch'],
    'It names a temporary file, and no row.',
  ],
  [
    ['correlation', 'trace', 'span', 'request', 'idempotency', 'logger', 'logging'],
    'It ties lines of a log together, and names no row.',
  ],
  [['dom', 'div', 'html', 'widget', 'iframe', 'svg'], 'It names a part of a page, and no row.'],
  [['cache', 'cached', 'memo'], 'It is the key of a cache: a key must be the same for the same content.'],
  [
    [
      'token',
      'secret',
      'secrets',
      'nonce',
      'salt',
      'password',
      'passwd',
      'credential',
      'csrf',
      'xsrf',
      'otp',
      'jti',
      'boundary',
    ],
    'It has to be unguessable; a ULID tells its time.',
  ],
]

const files = new Set(['path', 'file', 'filename', 'dir', 'folder', 'directory'])

/** @returns why a value of these names is left as it is, or null */
export function whyLeft(names: readonly string[]): string | null {
  const said = new Set(names.flatMap(wordsOf))
  const left = leftAlone.find(([words]) => words.some(word => said.has(word)))
  if (left) return left[1]
  return files.has(wordsOf(names[0] ?? '').at(-1) ?? '') ? 'It names a file, and no row.' : null
}

/** What is as often a running program as a row. */
const programs = new Set(['client', 'consumer', 'producer'])

/** @returns why the name of an id alone does not tell that it names a row, or null */
export function whyUnsure(name: string): string | null {
  return wordsOf(name).some(word => programs.has(word))
    ? `${name} may name a program that runs, which is gone when it ends.`
    : null
}
