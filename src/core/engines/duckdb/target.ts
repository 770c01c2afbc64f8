/** A DuckDB file as a target: looked at and changed in a working copy, which is published when the run commits. */
import { copyFileSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Context } from '../../context.ts'
import type { Check } from '../../documents.ts'
import { precondition, Refusal } from '../../message.ts'
import { quoteName as q, quoteText } from '../../schema/names.ts'
import { discard } from '../../scratch.ts'
import type { Publication, Writing } from '../open.ts'
import { endTransaction, openOwn, type Reading } from '../sqlite/open.ts'
import { notWritable, recognise } from '../sqlite/recognise.ts'
import { written } from './describe.ts'
import { hold, holding, letGo } from './hold.ts'
import { limitsOf } from './limits.ts'
import { stampOf } from './mark.ts'
import { openOnceForWriting } from './open-patiently.ts'
import type { StoreChanges } from './publish/store-changes.ts'
import { readCatalog } from './read-catalog.ts'
import { storedUses } from './stored-uses.ts'
import { copyOf, discardCopy, folderOfProcess, workingCopy } from './working-copy.ts'

export async function readStore(path: string, context: Context): Promise<Reading> {
  const file = recognise(path)
  const stamp = stampOf(file.path)
  const made = await copyOf(file.path, context)
  const db = openOwn(made.file, 'read-only')
  db.exec('BEGIN')
  return {
    db,
    file,
    uses: storedUses(made.catalog),
    copy: {
      isStale: () => stampOf(file.path) !== stamp,
      discard: () => discardCopy(made.file),
    },
    close: () => db.close(),
  }
}

/**
 * Keeps writers out by a reader's lock while the run works on the working copy; other processes of ours may read
 * meanwhile. For the commit the lock is changed for a writer's, and whoever wrote in that moment is noticed.
 */
export async function writeStore(path: string, context: Context): Promise<Writing> {
  const file = recognise(path)
  if (!file.writable) throw notWritable(path)
  await openOnceForWriting(file.path, limitsOf(context.settings), context)
  await hold(file.path, 'read-only', context)
  try {
    const before = await workingCopy(file.path, context)
    const copy = join(folderOfProcess(context), 'work.db')
    copyFileSync(before, copy)
    const db = openOwn(copy, 'write')
    db.pragma('synchronous = OFF') // it is gone with the process
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
        letGo(file.path)
      },
    }
  } catch (error) {
    letGo(file.path)
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
  const store = await hold(path, 'write', context)
  try {
    if (stampOf(path) !== stamp)
      throw precondition(
        'LOCK.HELD',
        path,
        'Another program has written to the file.',
        'DuckDB lets one program write at a time; this one had only kept it for reading, and in the moment of the change somebody came in between.',
        'Nothing was changed. Stop that program, then run the same command again.',
      )
    const { publish } = await import('./publish/publish.ts')
    const { proof } = await publish({ path, store, before, after, ...publication, ...telling(context) })
    return proof.checks
  } finally {
    letGo(path)
  }
}

/** What publishing says of itself is said of the commit, of which it is a part. */
function telling(context: Context) {
  return {
    emit: (done: number, total: number, object: string) =>
      context.emit({ type: 'progress', phase: 'commit', object, unit: 'rows', done, total }),
    breathe: context.breathe,
  }
}

/** A private copy of a store, on which the publishing of a rehearsal is rehearsed. */
export interface StoreRehearsal {
  /** A working copy with the rows that it has. */
  readonly rows: string
  /** Publishes what differs between two states of the working copy; answers with what that is to DuckDB, and what was checked. */
  publish(
    before: string,
    after: string,
    publication: Omit<Publication, 'snapshot'>,
  ): Promise<StoreChanges & { readonly checks: readonly Check[] }>
  readonly bytes: () => number
}

/**
 * Views name the database by its file's name, so the copy has the same one, in the folder of the rehearsal. Writers are kept
 * out meanwhile, so that the store and its rows are of one moment.
 */
export async function rehearseStore(path: string, folder: string, context: Context): Promise<StoreRehearsal> {
  const { path: real } = recognise(path)
  const copies = join(folder, 'store')
  const kept = join(folder, 'kept')
  mkdirSync(copies)
  const copy = join(copies, basename(real))
  const duplicate = async (from: string, to: string) => {
    const outcome = await context.ask('copy-store', { from, to })
    if (outcome.type === 'failed') throw new Refusal(outcome.error)
  }
  const rows = await holding(real, context, async () => {
    const stamp = stampOf(real)
    await duplicate(real, copy)
    const made = await workingCopy(real, context)
    if (stampOf(real) !== stamp) throw written(path) // where only a copy could be looked at, nobody was kept out
    return made
  })
  let state = 0
  return {
    rows,
    async publish(before, after, publication) {
      const snapshot = `${kept}-${++state}`
      await duplicate(copy, snapshot)
      const store = await hold(copy, 'write', context)
      try {
        const { publish } = await import('./publish/publish.ts')
        const { proof, changes } = await publish({
          path,
          store,
          before,
          after,
          ...publication,
          snapshot,
          ...telling(context),
        })
        return { ...changes, checks: proof.checks }
      } finally {
        letGo(copy)
        discard(snapshot)
      }
    },
    bytes: () => statSync(copy).size,
  }
}

/** Whether DuckDB reads every value of a file of ours. */
export async function isSoundStore(path: string, context: Context): Promise<boolean> {
  try {
    return await holding(realpathSync(path), context, async store => {
      for (const { schema, name, columns } of (await readCatalog(store)).tables)
        await store.all(
          `SELECT ${columns.map(column => `count(hash(t.${q(column.name)}))`).join(', ')} FROM ${q(schema)}.${q(name)} t`,
        )
      return true
    })
  } catch (error) {
    if (error instanceof Refusal && error.failure.code === 'DUCKDB.NOT_INSTALLED') throw error
    return false
  }
}

/**
 * What a run has not changed, compared with its snapshot by DuckDB itself: also what the working copy does not carry.
 * `changed` are the columns that are left out.
 */
export async function compareStore(
  path: string,
  snapshot: string,
  changed: readonly { readonly table: string; readonly column: string }[],
  context: Context,
): Promise<readonly Check[]> {
  return holding(realpathSync(path), context, async store => {
    await store.run(`ATTACH ${quoteText(snapshot)} AS ${q(BEFORE)} (READ_ONLY)`)
    const { compareStores } = await import('./publish/compare-stores.ts')
    return (await compareStores(store, BEFORE, changed, context.breathe)).checks
  })
}

const BEFORE = '_ulid_migrate_before'
