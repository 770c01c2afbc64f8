/** The words that a name of a table or column is made of. */

import { idWords, irregular, keyWords, leadingWords, plainWords, tableWords } from './vocabulary.ts'

/** A name is looked at once for each key that it is compared with: what is made of it is made once. */
function remembering<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>()
  return name => {
    const known = made.get(name)
    if (known !== undefined) return known
    const fresh = make(name)
    made.set(name, fresh)
    return fresh
  }
}

/** `fk_parentJob2_ID` gives fk, parent, job, id: lower case, without numbers that only count. */
export const wordsOf = remembering((name): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(word => word !== ''),
)

/** English plurals as tables are named: jobs, categories, addresses, boxes, people. */
export const singularOf = remembering((word): string => {
  const name = word.toLowerCase()
  const known = irregular.get(name)
  if (known !== undefined) return known
  if (/[^aeiou]ies$/.test(name) && name.length > 4) return name.replace(/ies$/, 'y')
  if (/(ss|x|ch|sh|zz)es$/.test(name)) return name.replace(/es$/, '')
  if (/[^su]s$/.test(name) && !/(is|us)$/.test(name) && name.length > 3) return name.replace(/s$/, '')
  return name
})

export interface ColumnWords {
  readonly all: readonly string[]
  /** What is left of the name without what says that it is an id. */
  readonly stem: readonly string[]
  /** `id` where the name says that it is one, `key` where it ends like a natural key, `none` otherwise. */
  readonly mark: 'id' | 'key' | 'none'
  /** The last word, where the mark is one. */
  readonly last: string | null
}

export const columnWords = remembering((name): ColumnWords => {
  const all = apart(wordsOf(name))
  const first = all[0] ?? ''
  const last = all.at(-1) ?? ''
  if (all.length > 1 && idWords.has(last)) {
    const body = all.slice(leadingWords.has(first) && all.length > 2 ? 1 : 0, -1)
    // `user_id_fk`, `owner_ref_id`, `message_row_id`
    const inner = body.at(-1) ?? ''
    const said = idWords.has(inner) || inner === 'row'
    return { all, stem: body.length > 1 && said ? body.slice(0, -1) : body, mark: 'id', last }
  }
  if (all.length > 1 && leadingWords.has(first)) return { all, stem: all.slice(1), mark: 'id', last: first }
  if (all.length > 1 && keyWords.has(last)) return { all, stem: all.slice(0, -1), mark: 'key', last }
  if (all.length === 1 && idWords.has(last)) return { all, stem: [], mark: 'id', last }
  if (all.length === 1 && keyWords.has(last)) return { all, stem: [], mark: 'key', last }
  return { all, stem: all, mark: 'none', last: null }
})

/** The same without the word that all columns of a table begin with, as `rev_actor` beside `rev_id` and `rev_page`. */
export function ownWords(
  { columns }: { readonly columns: readonly { readonly name: string }[] },
  name: string,
) {
  const [first, ...others] = wordsOf(name)
  const shared =
    first !== undefined &&
    others.length > 0 &&
    !leadingWords.has(first) &&
    columns.length >= 3 &&
    columns.filter(column => wordsOf(column.name)[0] === first).length >= columns.length * 0.8
  return columnWords(shared ? others.join('_') : name)
}

/** `userid`, `modifierid`, `kundennr`: written without any sign between. */
function apart(words: readonly string[]): readonly string[] {
  const last = words.at(-1) ?? ''
  const [, body, end] = /^(.{3,})(id|nr|guid|uuid|pk|fk)$/.exec(last) ?? []
  return body === undefined || end === undefined || plainWords.has(last)
    ? words
    : [...words.slice(0, -1), body, end]
}

/** The ways in which a row of a table may be called. */
export type Ways = readonly (readonly string[])[]

/** Tells of each table of a schema how its rows may be called: `order item`, also without a word that several tables begin with. */
export function namingOf(tables: readonly string[]): (table: string) => Ways {
  const prefixes = commonPrefixes(tables)
  return remembering(table => {
    const all = wordsOf(table)
    const bare = all.length > 1 && (prefixes.has(all[0]!) || tableWords.has(all[0]!)) ? all.slice(1) : all
    // `customer_entity`, of several tables that begin with customer, has rows that are customers.
    const without = (words: readonly string[]) => words.filter(word => !tableWords.has(word))
    const said = [without(all), without(bare)].some(words => words.length > 0)
    const ways = [all, bare, without(bare), without(all)]
      .filter(words => (said ? without(words) : words).length > 0)
      .map(singular)
    return ways.filter((words, at) => ways.findIndex(other => other.join(' ') === words.join(' ')) === at)
  })
}

function singular(words: readonly string[]): readonly string[] {
  return [...words.slice(0, -1), singularOf(words.at(-1)!)]
}

/**
 * The words that tables begin with to say where they belong (`mdl`, `auth`, `wp`): shared by several tables, while no table
 * is called so alone.
 */
function commonPrefixes(tables: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  const alone = new Set(
    tables
      .map(wordsOf)
      .filter(words => words.length === 1)
      .map(words => singularOf(words[0]!)),
  )
  for (const table of tables) {
    const words = wordsOf(table)
    if (words.length > 1) counts.set(words[0]!, (counts.get(words[0]!) ?? 0) + 1)
  }
  return new Set(
    [...counts].filter(([word, count]) => count > 1 && !alone.has(singularOf(word))).map(([word]) => word),
  )
}

/** Whether the longer word is a form of the shorter one: plurals of other languages, as abteilung and abteilungen. */
export function isFormOf(word: string, other: string): boolean {
  const [short, long] = word.length < other.length ? [word, other] : [other, word]
  if (short.length < 4) return false
  if (long.startsWith(short)) return long.length - short.length <= 2
  let common = 0
  while (common < short.length && short[common] === long[common]) common++
  return common >= 5 && short.length - common <= 2 && long.length - common <= 3
}
