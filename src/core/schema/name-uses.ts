import { sameName, unquote } from './names.ts'
import { type Token, tokenize } from './tokens.ts'

/**
 * Every token of a text (a view, a trigger, an index, a table) that spells the name, bare or quoted, letter case as
 * SQLite compares it. Comments and string literals are not names. A token found may still mean something else: an
 * alias, a function, a column of another table. And SQLite takes `'id'` for a name in some places (`INSERT INTO 'jobs'`),
 * which is not found here.
 */
export function nameUses(sql: string, name: string): readonly Token[] {
  return tokenize(sql).filter(
    token => (token.kind === 'word' || token.kind === 'quoted') && sameName(unquote(token.text), name),
  )
}
