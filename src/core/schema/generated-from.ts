import { columnUses } from './column-uses.ts'
import { parseCreateTable } from './create-table.ts'

/** The generated columns of a table whose values depend on `column`, directly or through each other (HAZARDS C2). */
export function generatedFrom(sql: string, column: string): readonly string[] {
  const generated = parseCreateTable(sql).columns.flatMap(each =>
    each.constraints.flatMap(constraint =>
      constraint.kind === 'generated' ? [{ name: each.name, span: constraint.expressionSpan }] : [],
    ),
  )
  const found: string[] = []
  for (let sources = [column]; sources.length > 0; ) {
    const next = generated.filter(
      ({ name, span }) =>
        !found.includes(name) && sources.some(source => columnUses(sql, span, source).length > 0),
    )
    sources = next.map(({ name }) => name)
    found.push(...sources)
  }
  return found
}
