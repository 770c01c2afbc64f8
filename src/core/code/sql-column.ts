/** The column that SQL around a value says it goes to: `execute("INSERT INTO jobs (id) VALUES (?)", (value,))`. */
import type { Node } from './source-file.ts'

const insert = /\binsert\s+(?:or\s+\w+\s+)?into\s+[\w."`[\]]+\s*\(([^()]*)\)\s*values\s*\(([^()]*)\)/i
const place = /^(\?\d*|%s|\$\d+)$/
const lists = new Set(['tuple', 'list', 'array'])

/**
 * @param sequence the list of values, as it is written in the call
 * @param value one of them
 */
export function columnOf(sequence: Node, value: Node): string | null {
  if (!lists.has(String(sequence.kind()))) return null
  const call = sequence.ancestors().find(each => /^call(_expression)?$/.test(String(each.kind())))
  const given = call?.field('arguments')?.namedChildren() ?? []
  const [, columns, values] = insert.exec(given[0]?.text() ?? '') ?? []
  if (columns === undefined || values === undefined) return null
  const names = columns.split(',').map(each => each.trim().replaceAll(/^["'`[]|["'`\]]$/g, ''))
  const places = values.split(',').map(each => each.trim())
  if (names.length !== places.length) return null
  const open = names.filter((_, at) => place.test(places[at]!))
  const at = sequence.namedChildren().filter(each => each.kind() !== 'comment')
  return open.length === at.length ? (open[at.findIndex(each => each.id() === value.id())] ?? null) : null
}
