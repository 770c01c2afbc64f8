/** Copies the ULIDs that other targets have given to values which stand here as well, chunk by chunk. */

import type { Fetch } from '../compile/program.ts'
import type { Context } from '../context.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { encodingOf, rawOf, rawSql } from '../engines/sqlite/raw-value.ts'
import { firstKnown, notMigrated, openSource, type UlidSource } from '../journal/ulid-source.ts'
import type { Leader } from '../plan/plan.ts'

const CHUNK = 2_000

/** Throws a refusal (exit 4) where one of them has none to give; whoever began the transaction rolls it back. */
export async function fetchUlids(db: Connection, step: Fetch, context: Context): Promise<void> {
  const sources: UlidSource[] = []
  try {
    await openSources(step.of, db.name, sources, context)
    const encoding = encodingOf(db)
    const read = db.prepare(`SELECT n, ${rawSql('legacy')} FROM (${step.read})`).raw()
    const write = db.prepare(step.write)
    const total = Number(db.prepare(step.total).pluck().get())
    for (let from = 0n, done = 0; done < total; ) {
      const rows = read.all({ from, limit: CHUNK }) as [bigint, unknown, unknown][]
      for (const [n, ...raw] of rows) {
        const ulid = firstKnown(sources, rawOf(raw), encoding)
        if (ulid !== null) write.run({ n, ulid })
      }
      const last = rows.at(-1)
      if (last === undefined) return
      from = last[0]
      done += rows.length
      const { phase, object } = step
      context.emit({ type: 'progress', phase, object, unit: 'rows', done, total })
      await context.breathe()
    }
  } finally {
    for (const source of sources) source.close()
  }
}

/** Opens them into `sources`, which whoever asked closes. Throws a refusal (exit 4) where one has no ULIDs to give. */
export async function openSources(
  of: readonly Leader[],
  target: string,
  sources: UlidSource[],
  context: Context,
): Promise<void> {
  for (const leader of of) {
    const source = await openSource(leader, context)
    if (source === null) throw notMigrated(leader, target)
    sources.push(source)
  }
}
