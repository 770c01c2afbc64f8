import type { announce, InitializedTarget, System } from '../../core/index.ts'
import { counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'

/** What will be run; said before it is, also to whoever has agreed by a flag. */
export function announcement(system: System, facts: ReturnType<typeof announce>): readonly string[] {
  return [`${system.title} makes its tables itself. This is run, and nothing else:`, ...columns(facts)]
}

export function initializedReport(document: InitializedTarget): readonly string[] {
  const { by, tables, findings } = document
  const target = printable(document.target)
  if (by === null)
    return [`${target}  nothing to do: it has ${counted(tables.length, 'table')} already, and is left alone`]
  const whose = by === 'command' ? `, by the command of ${printable(document.system ?? '')}` : ''
  return [
    `${marks.good} ${target}  ${counted(tables.length, 'table')} made${whose}`,
    ...columns(tables.map(table => [table])),
    ...findings.flatMap(finding => findingReport(finding)),
  ]
}
