/** Copies files that may be large. */
import { constants } from 'node:fs'
import { copyFile, type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Context } from '../../context.ts'
import type { Phase } from '../../events.ts'

const PIECE = 4 << 20
const nothing = Buffer.alloc(PIECE)

/** Told in the blocks that DuckDB files consist of. */
const BLOCK = 256 << 10

/**
 * Copies `from` into the new file `to`, which only its owner may read, and has it on the disk when it returns. Where the
 * file system can share the bytes it does; else they are copied piece by piece, with a stop possible between, and what is
 * all zeros takes no room. No database may be open on either in this process (HAZARDS F6).
 */
export async function copyLarge(from: string, to: string, phase: Phase, context: Context): Promise<void> {
  const shared = await isShared(from, to)
  const target = await open(to, shared ? 'r+' : 'wx', 0o600)
  try {
    if (shared)
      await target.chmod(0o600) // it has the mode of the original
    else await copyPieces(from, target, phase, context)
    await target.sync()
  } finally {
    await target.close()
  }
}

/** The copy shares the original's bytes until one of both is written, on file systems that know such a thing. */
async function isShared(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false // most can't, and nothing is left; what else may be wrong, reading and writing tells
  }
}

async function copyPieces(from: string, target: FileHandle, phase: Phase, context: Context): Promise<void> {
  const source = await open(from, 'r')
  try {
    const { size } = await source.stat()
    const piece = Buffer.alloc(PIECE)
    for (let at = 0; at < size; ) {
      const { bytesRead } = await source.read(piece, 0, PIECE, at)
      if (bytesRead === 0) break
      const bytes = piece.subarray(0, bytesRead)
      if (!bytes.equals(nothing.subarray(0, bytesRead))) await writeAll(target, bytes, at)
      at += bytesRead
      context.emit({
        type: 'progress',
        phase,
        object: basename(from),
        unit: 'pages',
        done: Math.ceil(at / BLOCK),
        total: Math.ceil(size / BLOCK),
      })
      await context.breathe()
    }
    await target.truncate(size)
  } finally {
    await source.close()
  }
}

async function writeAll(target: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await target.write(bytes, done, bytes.length - done, at + done)).bytesWritten
}
