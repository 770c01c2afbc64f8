/** What the names in a table's constraints become when the table or its columns are renamed or dropped. */
import { quoteName as q, unquote } from '../../schema/names.ts'
import type { DuckTable } from './catalog.ts'
import { columnUses, renameUses, tableUses } from './expression-names.ts'
import {
  bracketed,
  inSchema,
  leadingName,
  nameList,
  pieces,
  sameDuckName,
  splitAtCommas,
} from './sql-text.ts'

export interface TableNames {
  isDropped(column: string): boolean
  /** An expression under the new names. @throws Error where it needs a column that is dropped. */
  expression(text: string): string
  /** A constraint under the new names; nothing where it was only on dropped columns. */
  constraint(text: string): readonly string[]
}

interface NameEdit {
  readonly name: string
  readonly renameTo?: string
  readonly drop?: true
  readonly add?: true
}

/** The names of `table` once it is called `after` and its columns are edited so. */
export function namesAfter(
  table: DuckTable,
  after: { readonly schema: string; readonly name: string },
  edits: readonly NameEdit[],
): TableNames {
  const fold = (name: string) => name.toLowerCase()
  const dropped = new Set(edits.filter(edit => edit.drop).map(edit => fold(edit.name)))
  const renamed = new Map(edits.flatMap(edit => (edit.renameTo ? [[fold(edit.name), edit.renameTo]] : [])))
  const taken = new Set(edits.map(edit => fold(edit.add ? edit.name : (edit.renameTo ?? ''))))
  const isGone = (column: string) => dropped.has(fold(column)) && !taken.has(fold(column))

  function expression(text: string): string {
    const columns = columnUses(text, table).map(at => ({ at, column: unquote(at.text) }))
    const gone = columns.find(({ column }) => isGone(column))
    if (gone) throw new Error(`${text} of ${table.name} needs ${gone.column}, which is to be dropped.`)
    const newNames = columns.map(({ at, column }) => ({ at, name: quoted(renamed.get(fold(column))) }))
    const tables = tableUses(text, table).map(at => ({
      at,
      name: after.name === table.name ? undefined : q(after.name),
    }))
    return renameUses(text, [...newNames, ...tables])
  }

  /** As it is written, where no name in it changes. */
  function list(inside: string): string {
    if (!listed(inside).some(column => renamed.has(fold(column)))) return `(${inside})`
    return nameList(listed(inside).map(column => renamed.get(fold(column)) ?? column))
  }

  function parent(text: string): string {
    const group = bracketed(text)
    if (group === null) return text
    const [schema, name] = pieces(group.before)
      .filter(piece => piece.kind === 'quoted')
      .map(piece => unquote(piece.text))
    const itself = sameDuckName(schema!, table.schema) && sameDuckName(name!, table.name)
    return itself ? ` REFERENCES ${inSchema(after.schema, after.name)}${list(group.inside)}` : text
  }

  function constraint(text: string): readonly string[] {
    const group = bracketed(text)!
    const isCheck = group.before.startsWith('CHECK')
    const columns = isCheck
      ? columnUses(group.inside, table).map(at => unquote(at.text))
      : listed(group.inside)
    if (columns.length > 0 && columns.every(isGone)) return []
    if (isCheck) return [`${group.before}(${expression(group.inside)})`]
    const gone = columns.find(isGone)
    if (gone) throw new Error(`${text} of ${table.name} needs ${gone}, which is to be dropped.`)
    return [`${group.before}${list(group.inside)}${parent(group.after)}`]
  }

  return { isDropped: column => dropped.has(fold(column)), expression, constraint }
}

function quoted(name: string | undefined): string | undefined {
  return name === undefined ? undefined : q(name)
}

function listed(inside: string): readonly string[] {
  return splitAtCommas(inside).map(item => leadingName(item)!.name)
}
