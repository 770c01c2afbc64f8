import fc from 'fast-check'
import { foldName, quoteName } from '../../../src/core/schema/names.ts'

/** A token, or a list of them; between any two comes white space or a comment. */
type Part = string | readonly Part[]

const oddNames = [
  'id',
  'end',
  'like',
  'key',
  'a b',
  'select',
  '"',
  ']',
  '`',
  "it's",
  '🙂',
  'É',
  '--',
  '/*',
  ')',
  ',',
  '',
]
const name = fc
  .oneof(fc.constantFrom(...oddNames), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }))
  .filter(text => !text.includes('\0') && foldName(text) !== 'n w')

const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constant(' ') },
  fc.constantFrom('\n  ', '\t', '\r\n', '/**/', ' /* , ( " */ ', " -- it's ) , \n", '\n-- [ CHECK (\n    '),
)

/** Any of SQLite's ways to spell a name. */
function spelled(text: string): fc.Arbitrary<string> {
  const ways = [quoteName(text), `\`${text.replaceAll('`', '``')}\``]
  if (!text.includes(']')) ways.push(`[${text}]`)
  if (/^(id|key|É|🙂)$/.test(text)) ways.push(text, text.toUpperCase())
  return fc.constantFrom(...ways)
}

const type = fc.constantFrom<Part>(
  [],
  'INT',
  'INTEGER',
  'text',
  ['UNSIGNED', 'BIG', 'INT'],
  ['VARCHAR', '(', '10', ')'],
  ['DECIMAL', '(', '10', ',', '-2', ')'],
  '"my type"',
)

const plainConstraint = fc.constantFrom<Part>(
  ['NOT', 'NULL'],
  ['not', 'null', 'ON', 'CONFLICT', 'IGNORE'],
  'NULL',
  'UNIQUE',
  ['UNIQUE', 'ON', 'CONFLICT', 'REPLACE'],
  ['COLLATE', 'NOCASE'],
  ['DEFAULT', '-', '1'],
  ['DEFAULT', "'it''s ('"],
  ['default', 'CURRENT_TIMESTAMP'],
  ['DEFAULT', '(', '1', '+', '(', '2', '*', 'abs', '(', '-3', ')', ')', ')'],
  ['CONSTRAINT', '"lonely one"', 'CHECK', '(', '1', ')'],
)

const action = fc.constantFrom<Part>(
  ['ON', 'DELETE', 'CASCADE'],
  ['ON', 'UPDATE', 'SET', 'NULL'],
  ['ON', 'DELETE', 'NO', 'ACTION', 'ON', 'UPDATE', 'SET', 'DEFAULT'],
  ['MATCH', 'FULL'],
  ['NOT', 'DEFERRABLE', 'INITIALLY', 'DEFERRED'],
  [],
)

function references(columns: number): fc.Arbitrary<Part> {
  const list = Array.from({ length: columns }, (_, position) => `"p${position}"`)
  return fc
    .tuple(name.chain(spelled), fc.boolean(), action)
    .map(([parent, explicit, does]) => ['REFERENCES', parent, explicit ? ['(', commas(list), ')'] : [], does])
}

function check(column: string): fc.Arbitrary<Part> {
  return fc
    .tuple(spelled(column), spelled(column))
    .map(([one, two]) => ['CHECK', '(', one, '>', '0', 'OR', 'length', '(', two, ')', '<', '9', ')'])
}

function columnConstraint(column: string): fc.Arbitrary<Part> {
  const constraint = fc.oneof(plainConstraint, references(1), check(column))
  const named = fc.tuple(spelled('k 1'), constraint).map(([own, rest]): Part => ['CONSTRAINT', own, rest])
  return fc.oneof({ weight: 3, arbitrary: constraint }, named)
}

function column(text: string, first: string): fc.Arbitrary<Part> {
  const ordinary = fc.tuple(spelled(text), type, fc.array(columnConstraint(text), { maxLength: 3 }))
  const made = fc
    .tuple(spelled(text), type, fc.constantFrom(' GENERATED ALWAYS', ''), spelled(first))
    .map(([own, kind, words, used]): Part => {
      // SQLite takes a comment before ALWAYS for a part of the type's name, so none is put there.
      const head = flatten([own, kind])
      return [...head.slice(0, -1), head.at(-1) + words, 'AS', '(', used, '||', "')'", ')', 'STORED']
    })
  return text === first ? ordinary : fc.oneof({ weight: 4, arbitrary: ordinary }, made)
}

function tableConstraint(columns: readonly string[]): fc.Arbitrary<Part> {
  const some = fc.uniqueArray(fc.constantFrom(...columns), { minLength: 1, maxLength: 3 })
  const lists = some.chain(list => fc.tuple(...list.map(spelled)))
  return fc.oneof(
    lists.map((list): Part => ['UNIQUE', '(', commas(list), ')']),
    lists.chain(list =>
      references(list.length).map((clause): Part => ['FOREIGN', 'KEY', '(', commas(list), ')', clause]),
    ),
    fc.constantFrom(...columns).chain(check),
  )
}

/** The text of a CREATE TABLE, legal but as odd as its grammar allows. */
export const generatedTable: fc.Arbitrary<string> = fc
  .tuple(name, fc.uniqueArray(name, { minLength: 1, maxLength: 5, selector: foldName }))
  .filter(([table]) => table !== '' && !/^sqlite_/i.test(table))
  .chain(([table, columns]) => {
    const first = columns[0]!
    const key = spelled(first).map((own): Part => ['PRIMARY', 'KEY', '(', own, 'DESC', ')'])
    return fc.tuple(
      spelled(table),
      fc.tuple(...columns.map(text => column(text, first))),
      fc.option(key, { nil: null }),
      fc.array(tableConstraint(columns), { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      fc.infiniteStream(gap),
    )
  })
  .map(([table, columns, key, others, separated, flat, gaps]) => {
    const constraints = [...(key === null ? [] : [key]), ...others]
    const list = separated ? commas(constraints) : constraints
    const body: Part = [commas(columns), constraints.length > 0 ? [',', list] : []]
    const options: Part = flat && key !== null ? ['WITHOUT', 'ROWID'] : []
    const tokens = flatten(['CREATE', 'TABLE', table, '(', body, ')', options])
    return tokens.reduce((text, token) => text + gaps.next().value + token)
  })

function commas(parts: readonly Part[]): Part {
  return parts.flatMap((part, position) => (position === 0 ? [part] : [',', part]))
}

function flatten(part: Part): readonly string[] {
  return typeof part === 'string' ? [part] : part.flatMap(flatten)
}
