/** What is said of all databases of a system holds in those that have the table; the others are not about it. */
import { tableNamed } from '../engines/sqlite/inspect.ts'
import { parsePlace } from '../inside/selector.ts'
import type { Choices } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { lastEquals, splitTarget } from './target-column.ts'

/** The choices without what was said of a whole system and is about tables that are not in this schema. */
export function heldIn(choices: Choices, schema: Schema): Choices {
  const { whereThere } = choices
  if (whereThere === undefined) return choices
  const holds = (text: string) => !whereThere.includes(text) || isHere(text, schema)
  const held = (['only', 'skip', 'references', 'noReferences', 'times', 'ulidColumns'] as const).flatMap(
    key => {
      const list = choices[key]
      return list === undefined ? [] : [[key, list.filter(holds)] as const]
    },
  )
  return { ...choices, ...Object.fromEntries(held) }
}

function isHere(text: string, schema: Schema): boolean {
  const at = lastEquals(text)
  const { column } = splitTarget(at < 0 ? text : text.slice(0, at))
  try {
    return tableNamed(schema, parsePlace(column).table) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return true // what can't be read is told by whoever reads it
    throw error
  }
}
