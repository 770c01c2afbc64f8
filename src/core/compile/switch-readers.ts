/**
 * Views and triggers that name a column which a contract takes away are made to name the one that stays. Only SQLite
 * can tell which names in a text mean that column, so it is asked to rename it, in a database in memory that has the
 * schema and no rows.
 */
import { emptyDatabase } from '../engines/sqlite/empty-database.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { viewColumns } from '../engines/sqlite/view-columns.ts'
import { type Plan, plannedPlaces } from '../plan/plan.ts'
import type { SchemaObject } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, sameName, unquote } from '../schema/names.ts'
import { applyEdits } from '../schema/table-edits.ts'
import { fitted } from '../schema/text-edits.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'
import { nameGone } from './contract.ts'

const GONE = '_ulid_migrate_gone'

/** The texts that change, by `type name`. What SQLite can't read today is left alone, here as there. */
export function switchReaders(plan: Plan, objects: readonly SchemaObject[]): ReadonlyMap<string, string> {
  const places = plannedPlaces(plan).flatMap(({ table, column, legacy, contracted }) =>
    contracted ? [{ table, legacy, gone: nameGone(column, contracted), name: contracted.name }] : [],
  )
  const readers = objects.filter(
    ({ type, sql }) =>
      (type === 'view' || type === 'trigger') && places.some(({ gone }) => nameUses(sql, gone).length > 0),
  )
  if (readers.length === 0) return new Map()
  const columns = columnsOfViews(objects)
  const texts = {
    view: renamedIn(emptyDatabase(objects), places),
    // A view does not compile between two renamings, and with it no trigger on it: here they stand for themselves.
    trigger: renamedIn(emptyDatabase(objects.map(object => standIn(object, columns))), places),
  }
  const after = readers.map(({ type, name, sql }) => {
    const renamed = texts[type as 'view' | 'trigger'].get(`${type} ${name}`)
    const text = renamed === undefined ? sql : joined(withoutMark(renamed), places)
    const named = type === 'view' && text !== sql ? withColumns(text, columns.get(name) ?? [], places) : text
    return { key: `${type} ${name}`, sql, text: named }
  })
  return new Map(after.filter(({ sql, text }) => text !== sql).map(({ key, text }) => [key, text]))
}

interface Place {
  readonly table: string
  readonly legacy: string | null
  readonly gone: string
  readonly name: string
}

/** Renames in `db`, and closes it. */
function renamedIn(db: Connection, places: readonly Place[]): ReadonlyMap<string, string> {
  try {
    // So that one object that does not compile is left as it is, and keeps no other from being renamed (HAZARDS A2).
    db.unsafeMode()
    db.pragma('writable_schema = ON')
    for (const { table, legacy, gone, name } of places) {
      // A trigger that was moved to the legacy column needs it to be there.
      if (legacy !== null) db.exec(`ALTER TABLE ${q(table)} ADD COLUMN ${q(legacy)}`)
      db.exec(`ALTER TABLE ${q(table)} RENAME COLUMN ${q(name)} TO ${q(`${GONE}_${name}`)}`)
      db.exec(`ALTER TABLE ${q(table)} RENAME COLUMN ${q(gone)} TO ${q(name)}`)
    }
    const all = db.prepare(`SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL`).raw()
    return new Map(all.all() as [string, string][])
  } finally {
    db.close()
  }
}

/** A view of the same columns that reads nothing, in place of one that compiles; anything else is itself. */
function standIn(object: SchemaObject, columns: ReadonlyMap<string, readonly string[]>): SchemaObject {
  const names = object.type === 'view' ? columns.get(object.name) : undefined
  if (!names) return object
  const nothing = names.map(name => `NULL AS ${q(name)}`).join(', ')
  return { ...object, sql: `CREATE VIEW ${q(object.name)} AS SELECT ${nothing}` }
}

/** The columns of each view that compiles. */
function columnsOfViews(objects: readonly SchemaObject[]): ReadonlyMap<string, readonly string[]> {
  const db = emptyDatabase(objects)
  try {
    return new Map(
      objects
        .filter(({ type }) => type === 'view')
        .map(({ name }) => [name, viewColumns(db, name)] as const)
        .filter(([, columns]) => columns.length > 0),
    )
  } finally {
    db.close()
  }
}

/** A view goes on calling its columns as it did: whoever reads it, another view perhaps, knows them by those names. */
function withColumns(sql: string, columns: readonly string[], places: readonly Place[]): string {
  const tokens = tokenize(sql).filter(isSignificant)
  const [name, as] = [tokens[2], tokens[3]]
  const renamed = columns.some(column => places.some(({ gone }) => sameName(gone, column)))
  // Of a star the contract takes a column away.
  const star = tokens.some(
    ({ text }, at) => text === '*' && /^(select|distinct|all|,|\.)$/i.test(tokens[at - 1]!.text),
  )
  if (!renamed || star || !name || !/^as$/i.test(as?.text ?? '')) return sql
  return applyEdits(sql, [{ start: name.end, end: name.end, text: `(${columns.map(q).join(', ')})` }])
}

/** `USING(job_id)` means two columns, which SQLite does not rename one after the other. */
function joined(sql: string, places: readonly Place[]): string {
  const tokens = tokenize(sql).filter(isSignificant)
  const edits = tokens.flatMap((token, at) => {
    if (!/^using$/i.test(token.text) || tokens[at + 1]?.text !== '(') return []
    const end = tokens.findIndex((each, n) => n > at && each.text === ')')
    return tokens.slice(at + 2, end).flatMap(each => {
      const place = places.find(({ gone }) => sameName(gone, unquote(each.text)))
      return place ? [fitted(sql, { start: each.start, end: each.end, text: q(place.name) })] : []
    })
  })
  return applyEdits(sql, edits)
}

/** What named the column that stays went on under a name of ours meanwhile. */
function withoutMark(sql: string): string {
  const edits = tokenize(sql)
    .filter(isSignificant)
    .filter(token => unquote(token.text).startsWith(`${GONE}_`))
    .map(token => fitted(sql, { ...token, text: q(unquote(token.text).slice(GONE.length + 1)) }))
  return applyEdits(sql, edits)
}
