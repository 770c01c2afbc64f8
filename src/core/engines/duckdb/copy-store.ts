/** Makes a file of its own of what a DuckDB file and its .wal hold together. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Context } from '../../context.ts'
import type { Phase } from '../../events.ts'
import { Refusal } from '../../message.ts'
import type { Answers } from '../../requests.ts'
import { assertRoom } from '../../room.ts'
import { discard } from '../../scratch.ts'
import { syncFolder } from '../../sync-folder.ts'
import { openStore } from './connect.ts'
import { copyLarge } from './copy-file.ts'
import { written } from './describe.ts'
import { duckHeader } from './header.ts'
import { limitsOf } from './limits.ts'
import { writeMark } from './mark.ts'
import { sidecarsOf, suffixes } from './sidecars.ts'

/**
 * Copies the DuckDB file `from` with what lies beside it into the new file `to`, readable by its owner alone, and takes
 * the .wal in: the copy is one file. Its name must begin as that of `from` does, up to the first dot, which is what views
 * call the database by. Must be asked of a process that has `from` not open (HAZARDS F6); that nobody writes meanwhile
 * is the caller's care, and is checked. Throws a refusal, and then nothing is left of the copy.
 */
export async function copyStore(
  from: string,
  to: string,
  context: Context,
  phase: Phase = 'copy',
): Promise<Answers['copy-store']> {
  const real = realpathSync(from)
  const parts = ['', ...suffixes].map(suffix => `${to}${suffix}`)
  // What lies there already would be read as part of the copy, or be taken away with one that failed.
  const there = parts.find(part => existsSync(part))
  if (there !== undefined) throw new Error(`${there} is there already`)
  try {
    const mark = writeMark(real)
    const files = [real, ...sidecarsOf(real)]
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
    assertRoom(dirname(to), files.length === 1 ? bytes : 2 * bytes, 'the copy') // a .wal is taken in beside what is there
    for (const file of files) await copyLarge(file, to + file.slice(real.length), phase, context)
    if (writeMark(real) !== mark) throw written(from)
    if (files.length > 1) await takeIn(real, to, context)
    syncFolder(dirname(to))
    return { bytes: statSync(to).size, mark }
  } catch (error) {
    for (const part of parts) discard(part)
    throw isGone(error, real) ? written(from) : error
  }
}

/** Whoever closes a file takes its .wal away. */
function isGone(error: unknown, path: string): boolean {
  const { code, path: of } = error as NodeJS.ErrnoException
  return code === 'ENOENT' && of?.startsWith(path) === true
}

/** Writes into `copy` what lies beside it, in the format that it has. */
async function takeIn(original: string, copy: string, context: Context): Promise<void> {
  const store = await openStore(copy, 'write', limitsOf(context.settings))
  try {
    await store.run('CHECKPOINT')
  } finally {
    store.close()
  }
  for (const rest of sidecarsOf(copy)) discard(rest)
  const [was, is] = [duckHeader(original)?.storage, duckHeader(copy)?.storage]
  if (was !== is)
    throw new Refusal({
      code: 'SNAPSHOT.DIFFERS',
      object: copy,
      message: 'The copy is not what it should be.',
      why: `Its format is ${is}, that of the original ${was}.`,
      next: 'Nothing was changed. Please report this.',
      exit: 4,
    })
}
