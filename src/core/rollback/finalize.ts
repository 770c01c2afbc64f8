/** Takes our own tables out of a target: the maps, kept values and records that undo lives on. Undo ends here. */

import { basename, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { inPhase } from '../context.ts'
import type { FinalizedTarget, Proof } from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { described } from '../engines/sqlite/describe.ts'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { expandingRun, liveExpansions, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { recorded } from '../journal/recorded.ts'
import { precondition } from '../message.ts'
import { prepareConnection } from '../migrate/apply.ts'
import { type Changing, changeTarget } from '../migrate/change.ts'
import { lookAt } from '../migrate/prepare.ts'
import { isNamed, notNamed } from '../named.ts'
import { quoteName as q } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { verificationFailed } from '../verification-failed.ts'
import { attachSnapshot, filePragmas, unchanged } from '../verify/comparison.ts'
import { prove, sameContent, withChecks } from '../verify/prove.ts'
import { withCommas } from '../with-commas.ts'

/**
 * Drops everything of ours from `target`, once `confirm` names it. The snapshots stay, and restore with them. Throws a
 * refusal; then nothing was changed.
 */
export async function finalize(
  target: string,
  options: { readonly confirm?: string; readonly dryRun: boolean },
  context: Context,
): Promise<FinalizedTarget> {
  const path = resolve(target)
  return described(path, async () => {
    const { tables, recordedHere } = await lookAt(path, context, ({ db }) => ({
      tables: ownTables(db),
      recordedHere: recordedRuns(db),
    }))
    const runs = recordedHere.filter(run => run.what === 'migrate' && run.status === 'succeeded')
    const document: FinalizedTarget = {
      target: path,
      runs: runs.map(({ run }) => run),
      tables,
      rehearsed: options.dryRun,
      snapshot: '',
      proof: { ok: true, checks: [] },
    }
    const begun = expandingRun(recordedHere)
    assertNoExpansion(path, begun ? [begun] : liveExpansions(recordedHere))
    if (options.dryRun || tables.length === 0) return document
    assertConfirmed(path, options.confirm, tables)
    return recorded(context, path, 'finalize', async (entry, told) => {
      const work = async ({ db, snapshot }: Changing) => {
        const taken = await snapshot()
        prepareConnection(db)
        const pragmas = filePragmas(db)
        for (const name of ownNames(db, 'view')) db.exec(`DROP VIEW ${q(name)}`)
        for (const { name } of ownTables(db)) db.exec(`DROP TABLE ${q(name)}`)
        attachSnapshot(db, taken.attach)
        const proof = await inPhase(told, 'verify', () => prove(unchanged(db, pragmas), told, sameContent))
        if (!proof.ok) throw verificationFailed(path, proof)
        entry.facts({ snapshotSha256: await taken.sha256 })
        return { taken, proof }
      }
      const {
        value,
        proof: outside,
        checks,
      } = await changeTarget(path, entry, told, work, async (done, strict) => {
        for (const { run } of runs) entry.marks(run, 'finalized')
        return strict ? stillTheSame(path, done.taken.path, told) : done.proof
      })
      return {
        ...document,
        snapshot: value.taken.path,
        proof: outside.ok ? withChecks(value.proof, checks) : outside,
      }
    })
  })
}

/** Another process compares the file with the snapshot of before; once others have written, nothing can be told by that. */
async function stillTheSame(path: string, snapshot: string, context: Context): Promise<Proof> {
  const outside = await context.ask('check-snapshot', { target: path, snapshot })
  const { ok, count, detail } =
    outside.type === 'failed'
      ? { ok: false, count: 0, detail: `${outside.error.message} ${outside.error.why}` }
      : { ok: true, count: outside.value.rows, detail: `${outside.value.rows} rows as before` }
  return { ok, checks: [{ id: 'same-content', ok, count, detail }] }
}

function ownTables(db: Connection): FinalizedTarget['tables'] {
  return ownNames(db, 'table').map(name => ({
    name,
    rows: countOf(db, `SELECT count(*) FROM main.${q(name)}`),
  }))
}

function ownNames(db: Connection, type: 'table' | 'view'): readonly string[] {
  return db
    .prepare(
      `SELECT name FROM main.sqlite_schema WHERE type = ? AND substr(name, 1, ${OWN_PREFIX.length}) = ? ORDER BY name`,
    )
    .pluck()
    .all(type, OWN_PREFIX) as string[]
}

/** The triggers of an expansion live on our tables; without them no program could write any more. */
function assertNoExpansion(path: string, expansions: readonly RecordedRun[]): void {
  const [first] = expansions
  if (!first) return
  throw precondition(
    'EXPANSION.LIVE',
    path,
    `The run ${first.run} is an expansion, and both its ids are live.`,
    'Its triggers, which keep the ULIDs in step with what other programs write, need the tables that would be dropped.',
    inShell`Take the expansion back first: ulid-migrate collapse ${path}`,
  )
}

function assertConfirmed(path: string, confirm: string | undefined, tables: FinalizedTarget['tables']): void {
  if (isNamed(path, confirm)) return
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  throw precondition(
    'FINALIZE.UNCONFIRMED',
    path,
    notNamed('Finalizing', confirm),
    `Undo ends with it: ${tables.length} tables with ${withCommas(rows)} rows, which know the old ids, are dropped.`,
    inShell`ulid-migrate finalize ${path} --confirm ${basename(path)}`,
  )
}
