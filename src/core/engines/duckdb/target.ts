/** A DuckDB file as a target: looked at and changed in a working copy, which is published when the run commits. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../context.ts'
import { precondition } from '../../message.ts'
import { discard, makeScratch } from '../../scratch.ts'
import type { Publication, Writing } from '../open.ts'
import { endTransaction, openOwn, type Reading } from '../sqlite/open.ts'
import { notWritable, recognise } from '../sqlite/recognise.ts'
import { hold, letGo } from './hold.ts'
import { publish } from './publish/publish.ts'
import { stampOf, workingCopy } from './working-copy.ts'

export async function readStore(path: string, context: Context): Promise<Reading> {
  const file = recognise(path)
  const db = openOwn(await workingCopy(file.path, context), 'read-only')
  db.exec('BEGIN')
  return { db, file, close: () => db.close() }
}

/**
 * Keeps writers out by a reader's lock while the run works on the working copy; other processes of ours may read
 * meanwhile. For the commit the lock is changed for a writer's, and whoever wrote in that moment is noticed.
 */
export async function writeStore(path: string, context: Context): Promise<Writing> {
  const file = recognise(path)
  if (!file.writable) throw notWritable(path)
  await hold(file.path, 'read-only', context)
  const folder = makeScratch(context.settings, 'look')
  const let_ = () => {
    letGo(file.path)
    discard(folder)
  }
  try {
    const before = await workingCopy(file.path, context)
    const copy = join(folder, 'work.db')
    copyFileSync(before, copy)
    const db = openOwn(copy, 'write')
    db.exec('BEGIN IMMEDIATE')
    const stamp = stampOf(file.path)
    let committed = stamp
    return {
      db,
      file,
      before,
      async commit(publication) {
        db.exec('COMMIT')
        letGo(file.path)
        const checks = await publishInto(file.path, { before, after: copy, stamp, publication }, context)
        committed = stampOf(file.path)
        return checks
      },
      alone: () => stampOf(file.path) === committed,
      end() {
        endTransaction(db)
        let_()
      },
    }
  } catch (error) {
    let_()
    throw error
  }
}

async function publishInto(
  path: string,
  {
    before,
    after,
    stamp,
    publication,
  }: {
    readonly before: string
    readonly after: string
    readonly stamp: string
    readonly publication: Publication
  },
  context: Context,
) {
  const was = stampOf(path)
  const store = await hold(path, 'write', context)
  try {
    if (was !== stamp)
      throw precondition(
        'LOCK.HELD',
        path,
        'Another program has written to the file.',
        'DuckDB lets one program write at a time; this one had only kept it for reading, and in the moment of the change somebody came in between.',
        'Nothing was changed. Stop that program, then run the same command again.',
      )
    return await publish({ path, store, before, after, ...publication, context })
  } finally {
    letGo(path)
  }
}
