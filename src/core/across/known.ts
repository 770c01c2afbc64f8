/** A target that is migrated alone, and holds ids of others that an earlier run has migrated: told, so that it is no surprise. */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { openForReading } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Reading } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import { formatPlace } from '../inside/selector.ts'
import { Ledger } from '../journal/ledger.ts'
import { Refusal } from '../message.ts'
import type { Choices } from '../requests.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { insideMeetings } from './inside.ts'
import { type AcrossKey, mappedKeys } from './keys.ts'
import { sampledMeetings } from './meetings.ts'
import { tellingKeys } from './places.ts'

/** So many that were migrated last are asked. */
const ASKED = 20

/** Says nothing where it was looked at together with others already, or can't be looked at: then the run itself says why. */
export async function tellKnown(target: string, choices: Choices, context: Context): Promise<void> {
  if (choices.follows !== undefined) return
  const path = resolve(target)
  const others = migratedOthers(path, context)
  if (others.length === 0) return
  const open: Reading[] = []
  const read = async (of: string) => {
    const reading = await openForReading(of, context)
    open.push(reading)
    const { db } = reading
    return { target: of, db, schema: inspect(db), encoding: encodingOf(db) }
  }
  try {
    const keys: AcrossKey[] = []
    for (const other of others) keys.push(...mappedKeys(await read(other)))
    const own = await read(path)
    const tables = own.schema.tables
      .filter(table => table.kind === 'table')
      .map(({ name }) => ({ name, rows: countOf(own.db, `SELECT count(*) FROM ${q(name)}`) }))
    const looked = [{ ...own, choices, document: { identities: [], tables } }]
    const telling = tellingKeys(keys)
    const found = [
      ...(await sampledMeetings(looked, telling, context)),
      ...(await insideMeetings(looked, telling, context)),
    ].filter(({ choice }) => choice === 'accepted')
    for (const other of new Set(found.map(({ key }) => key.target))) {
      const held = found
        .filter(({ key }) => key.target === other)
        .map(
          ({ place, key }) =>
            `${formatPlace(place, place.at)} holds ids of ${formatColumnPath(key.table, key.column)}`,
        )
      context.emit({
        type: 'finding',
        finding: {
          code: 'ACROSS.KNOWN',
          severity: 'warning',
          object: path,
          message: `It holds ids of ${other}, which an earlier run has migrated.`,
          why: `${[...new Set(held)].join('; ')}. Alone, it does not get the ULIDs that they have there.`,
          next: inShell`Name both, then it follows: ulid-migrate migrate ${other} ${path}`,
        },
      })
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.failure.code === 'RUN.STOPPED') throw error
  } finally {
    for (const each of open) each.close()
  }
}

function migratedOthers(path: string, context: Context): readonly string[] {
  if (!existsSync(join(context.settings.stateDir, 'ledger.sqlite'))) return []
  try {
    const ledger = new Ledger(context.settings, () => context.now())
    try {
      return ledger
        .targets()
        .filter(target => target !== path && existsSync(target))
        .filter(target =>
          ledger.runs(target).some(({ what, status }) => what === 'migrate' && status === 'succeeded'),
        )
        .slice(0, ASKED)
    } finally {
      ledger.close()
    }
  } catch {
    return [] // whoever needs the ledger says what is wrong with it
  }
}
