/** Copies the ULIDs that other targets have given to ids which stand inside of values here. */

import type { Gather } from '../compile/program.ts'
import type { Context } from '../context.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import { textBytes } from '../engines/sqlite/text-bytes.ts'
import type { IsId } from '../inside/hits.ts'
import { firstKnown, type UlidSource } from '../journal/ulid-source.ts'
import { openSources } from './fetch.ts'
import { eachValue } from './look-inside.ts'

/** Throws a refusal (exit 4) where one of them has none to give; whoever began the transaction rolls it back. */
export async function gatherUlids(db: Connection, step: Gather, context: Context): Promise<void> {
  const open: UlidSource[] = []
  try {
    const asks: {
      readonly sources: readonly UlidSource[]
      readonly write: ReturnType<Connection['prepare']>
    }[][] = []
    for (const place of step.asks) {
      const here = []
      for (const { of, write } of place) {
        const sources: UlidSource[] = []
        try {
          await openSources(of, db.name, sources, context)
        } finally {
          open.push(...sources)
        }
        here.push({ sources, write: db.prepare(write) })
      }
      asks.push(here)
    }
    const bytes = textBytes(db)
    const encoding = encodingOf(db)
    const known = step.values.known.map(sql => db.prepare(sql).pluck())
    /** Whether anybody knows the id; if so, so does its map from then on. */
    const learn: IsId = (place, found) => {
      const id = bytes.encodeId(found)
      if (known[place]!.get({ id }) === 1n) return true
      const value =
        typeof id === 'bigint'
          ? { type: 'integer' as const, value: id }
          : { type: 'text' as const, value: id }
      return asks[place]!.some(({ sources, write }) => {
        const ulid = firstKnown(sources, value, encoding)
        if (ulid !== null) write.run({ id, ulid })
        return ulid !== null
      })
    }
    await eachValue(db, step, bytes, learn, context, ({ hits }) => {
      for (const { place, id } of hits) learn(place, id)
    })
  } finally {
    for (const source of open) source.close()
  }
}
