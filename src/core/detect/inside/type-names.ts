/** Which identity the value of a type column names: `Post`, `posts`, `App\Models\BlogPost`, `conv`. */
import type { Connection } from '../../engines/sqlite/open.ts'
import type { Schema, Table } from '../../schema/model.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { columnWords, singularOf, wordsOf } from '../references/words.ts'
import type { KnownIds } from './known-ids.ts'

const typeWords = new Set([
  ...['type', 'kind', 'class', 'klass', 'model', 'table', 'collection', 'doctype'],
  ...['typ', 'art', 'tipo', 'tabelle', 'tabela', 'tabla', 'tabella', 'tabel'],
])
const idWords = new Set(['id', 'ids', 'uid', 'guid', 'uuid', 'pk', 'key', 'ref'])
/** Words that say it of rows that are known by a number or a name. */
const naturalWords = new Set([
  ...['name', 'no', 'nr', 'number', 'num', 'code', 'value'],
  ...['nummer', 'numer', 'numero', 'numéro', 'kod', 'codigo'],
])

/** `objecttable`, `Belegart` beside `Belegnummer`, written without any sign between. */
function apart(name: string): readonly string[] {
  const words = columnWords(name).all
  const [, body, end] = /^(.{3,})(type|kind|class|model|table|art|typ|nummer)$/.exec(words.at(-1) ?? '') ?? []
  return body === undefined || end === undefined ? words : [...words.slice(0, -1), body, end]
}

/** Whether a column is called after nothing that has rows: `object_id`, `instance`. */
export function isAnything(id: string): boolean {
  return /^(instance|object|item|entity|record|target|subject|resource|element|ref|reference|res|obj|rec|row|objekt|objet|objeto|rekordu|satz|foreign|related|linked|content|node)$/.test(
    columnWords(id).stem.join(' ') || '-',
  )
}

/** Whether one column is called the type of the other: `owner_type` of `owner_id`, `entity` of `entity_id`, `peer_type` of `peer`. */
export function isTypeOf(type: string, id: string): boolean {
  const words = apart(id)
  const said = idWords.has(words.at(-1) ?? '') || naturalWords.has(words.at(-1) ?? '')
  const stem = said && words.length > 1 ? words.slice(0, -1) : words
  const typed = apart(type)
  const plain = idWords.has(typed.at(-1) ?? '') && typed.length > 1 ? typed.slice(0, -1) : typed
  const same = (a: readonly string[], b: readonly string[]) => a.length > 0 && a.join(' ') === b.join(' ')
  if (said && words.length > 1 && typed.length === plain.length && same(plain, stem)) return true
  if (!typeWords.has(plain.at(-1) ?? '')) return false
  const of = plain.slice(0, -1)
  // Django: content_type_id of object_id, actor_content_type_id of actor_object_id.
  const isContent = of.at(-1) === 'content' && stem.at(-1) === 'object'
  return same(of, stem) || (isContent && of.slice(0, -1).join(' ') === stem.slice(0, -1).join(' '))
}

/** Whether a column may be the id of what another column names: `prop_key`, `docname`, `old_value`, `cmp_id`. */
export function mayBeOfAny(id: string): boolean {
  return (
    isAnything(id) ||
    columnWords(id).mark !== 'none' ||
    /(name|value|nummer|pk)$/.test(wordsOf(id).at(-1) ?? '')
  )
}

/** How well the texts that tell a type name the identity: 3 by its whole name, 2 without the prefix of its table, 1 shortened, less by its first letters. */
export function naming(texts: readonly string[], { key }: KnownIds): number {
  const table = wordsOf(key.table.name).map(singularOf)
  const whole = table.join('')
  const names = namesIn(texts)
  const score = (name: string) => {
    if (name === '') return 0
    if (name === whole) return 3
    if (table.some((_, at) => at > 0 && table.slice(at).join('') === name)) return 2
    if (!whole.startsWith(name) && !table.at(-1)!.startsWith(name)) return 0
    return name.length >= 3 ? 1 : 0.5
  }
  return Math.max(...names.map(score))
}

function namesIn(texts: readonly string[]): string[] {
  const names = texts.map(text => {
    const words = wordsOf(text.split(/\\|::|\/|\./).at(-1)!)
    return nameOf(words)
  })
  // The application and the model of Django are the table together, and so are both parts of `sale.order`; what a change is
  // about may be told by its column, as `status_id`.
  const parts = texts.map(text => nameOf(wordsOf(text)))
  const columns = texts.flatMap(text => {
    const words = wordsOf(text)
    return words.length > 1 && idWords.has(words.at(-1)!) ? [nameOf(words.slice(0, -1))] : []
  })
  return [...new Set([...names, ...parts, ...columns, ...(texts.length > 1 ? [names.join('')] : [])])]
}

function nameOf(words: readonly string[]): string {
  return words.map(singularOf).join('')
}

/** Tells whether texts name one of these, all of it or without its prefix: asked of many columns, for all identities at once. */
export function namingAny(known: readonly KnownIds[]): (texts: readonly string[]) => boolean {
  const names = new Set(
    known.flatMap(({ key }) => {
      const table = wordsOf(key.table.name).map(singularOf)
      return table.map((_, at) => table.slice(at).join(''))
    }),
  )
  return texts => namesIn(texts).some(name => names.has(name))
}

/** What the value of a type column says in words: itself, or the texts of the row that it names in a table of types. */
export function textsOfType(
  db: Connection,
  schema: Schema,
  table: Table,
  column: string,
): (type: string | bigint) => readonly string[] {
  const declared = table.foreignKeys.find(({ from }) => from.length === 1 && sameName(from[0]!, column))
  const words = wordsOf(column)
  const stem = idWords.has(words.at(-1) ?? '') ? words.slice(0, -1) : words
  const parent = schema.tables.find(each =>
    declared
      ? sameName(each.name, declared.parent)
      : stem.length > 0 &&
        !(stem.length === 1 && typeWords.has(stem[0]!)) &&
        wordsOf(each.name).map(singularOf).join(' ').endsWith(stem.slice(-2).map(singularOf).join(' ')),
  )
  const key = parent?.primaryKey.length === 1 ? parent.primaryKey[0] : undefined
  const texts = parent?.columns.filter(each => each.affinity === 'text' && each.name !== key) ?? []
  if (!parent || key === undefined || texts.length === 0 || parent === table) return type => [String(type)]
  const row = db
    .prepare(
      `SELECT ${texts.map(each => q(each.name)).join(', ')} FROM ${q(parent.name)} WHERE ${q(key)} = ?`,
    )
    .raw()
  return type => {
    const found = row.get(type) as (string | null)[] | undefined
    return (
      found?.filter((text): text is string => typeof text === 'string' && text.length <= 100) ?? [
        String(type),
      ]
    )
  }
}
