/** Tells whether anybody has written to a file since a run, from what can be seen of it without opening it. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

export interface Signature {
  /** SQLite's change counter (bytes 24 to 27), size and time of the file, and what a -wal holds. */
  readonly signature: string
}

/** Must not be asked while this process has the file open (HAZARDS E1). */
export function signatureOf(path: string): Signature {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(100)
    readSync(file, head, 0, 100, 0)
    const { size, mtimeMs } = statSync(path)
    const wal = `${path}-wal`
    return {
      signature: [head.readUInt32BE(24), size, mtimeMs, existsSync(wal) ? statSync(wal).size : 0].join(' '),
    }
  } finally {
    closeSync(file)
  }
}
