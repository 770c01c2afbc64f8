/** What a rehearsed plan makes of the schema, as one text to scroll through. */
import { type DryRunTarget, sqlLines } from '../core/index.ts'
import { type DiffLine, textDiff } from '../ui/text-diff.ts'

export type SchemaLine = DiffLine | { readonly sign: 'head' | 'end'; readonly text: string }

export function schemaDiff({ schema }: DryRunTarget): readonly SchemaLine[] {
  return schema.flatMap(({ type, name, before, after }): readonly SchemaLine[] => {
    const what = before === null ? ', new' : after === null ? ', dropped' : ''
    const lines = (sql: string | null) => (sql === null ? [] : sqlLines(sql))
    return [
      { sign: 'head', text: `${type} ${name}${what}` },
      ...textDiff(lines(before), lines(after)),
      { sign: 'end', text: '' },
    ]
  })
}
