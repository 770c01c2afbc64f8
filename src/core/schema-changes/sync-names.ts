/** How the triggers of an expansion are called, and what their texts say they keep in step. */
import type { Schema } from '../schema/model.ts'
import { samePlace, unquote } from '../schema/names.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'

export const SYNC_PREFIX = 'ulid_sync_'

/** A legacy column and the ULID column beside it. */
export interface SyncedColumn {
  readonly table: string
  readonly column: string
  readonly ulid: string
}

/**
 * The ULID columns that triggers of ours keep in step, whatever they are called. Read from the texts and not from the run's
 * record: SQLite carries the renaming of a column on into triggers, and triggers that are gone keep nothing.
 */
export function syncedColumns(schema: Schema): readonly SyncedColumn[] {
  return schema.objects
    .filter(object => object.type === 'trigger' && object.name.startsWith(SYNC_PREFIX))
    .flatMap(object => filledBy(object.sql).map(pair => ({ table: object.table, ...pair })))
    .filter((pair, at, all) => all.findIndex(other => samePlace(other, pair)) === at)
}

/** `SET "job_ulid" = coalesce(... NEW."job_id" ...)`: how sync-triggers.ts fills the row that fired the trigger, and only that. */
function filledBy(sql: string): readonly Pick<SyncedColumn, 'column' | 'ulid'>[] {
  const texts = tokenize(sql)
    .filter(isSignificant)
    .map(token => token.text)
  return texts.flatMap((text, at) => {
    if (text !== 'SET' || texts[at + 2] !== '=' || texts[at + 3] !== 'coalesce') return []
    const sources = withinParentheses(texts.slice(at + 4))
    const value = sources.findIndex((each, n) => each === 'NEW' && sources[n + 1] === '.')
    return value < 0 ? [] : [{ column: unquote(sources[value + 2]!), ulid: unquote(texts[at + 1]!) }]
  })
}

/** The tokens up to the parenthesis that closes the first one. */
function withinParentheses(texts: readonly string[]): readonly string[] {
  let depth = 0
  const end = texts.findIndex(text => {
    if (text === '(') depth += 1
    if (text === ')') depth -= 1
    return depth === 0
  })
  return texts.slice(0, end)
}
