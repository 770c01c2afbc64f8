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

/**
 * Tells two states of a file apart between which anybody has committed, also into a -wal: beside the signature, the
 * head of the -shm, which every commit in WAL mode changes.
 */
export function lastWrite(path: string): Signature {
  const shm = `${path}-shm`
  const { signature } = signatureOf(path)
  if (!existsSync(shm)) return { signature }
  const file = openSync(shm, 'r')
  try {
    const head = Buffer.alloc(48)
    readSync(file, head, 0, head.length, 0)
    return { signature: `${signature} ${head.toString('hex')}` }
  } finally {
    closeSync(file)
  }
}

/** What can be told of a file without reading it, so also while this process has it open; empty where it is gone. */
export function stampOf(path: string): string {
  const of = (file: string) => {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
    return stats === undefined || stats.size === 0n ? '' : `${stats.size} ${stats.mtimeNs}`
  }
  return `${of(path)} ${of(`${path}-wal`)}`
}
