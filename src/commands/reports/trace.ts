import type { Trace, TracedReference, TracedRow } from '../../core/index.ts'
import { counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'
import { place } from './names.ts'

function rowLines({ system, target, table, column, row, ulid, legacy, time }: TracedRow): readonly string[] {
  const names = row === null ? 'names no row; others refer to it, or did' : `row ${row}`
  const whose = system === null ? '' : `, ${system}`
  return [
    printable(
      `${row === null ? marks.warning : marks.good} ${place(table, column)}  ${names}  (${target}${whose})`,
    ),
    ...columns([
      ['ULID', ulid ?? marks.none, ...(time === null ? [] : [`of ${time}`])],
      ['legacy id', legacy ?? marks.none],
    ]),
  ]
}

function referenceRow({ table, column, to, rows, samples }: TracedReference): readonly string[] {
  return [place(table, column), counted(rows, 'row'), `refers to ${to}`, `row ${samples.join('; ')}`]
}

/** What is known of an id; that nothing is, is said as plainly. */
export function traceReport({ id, time, found, references, targets }: Trace): readonly string[] {
  const read = targets.filter(({ error }) => error === null)
  const searched = `${counted(read.length, 'database')}, ${counted(
    read.reduce((sum, { identities }) => sum + identities, 0),
    'migrated identity',
    'migrated identities',
  )}`
  return [
    ...(found.length === 0
      ? [
          `${printable(id)} was not found anywhere: ${searched}${time === null ? '' : `; its own time is ${time}`}`,
        ]
      : []),
    ...found.flatMap(rowLines),
    ...(references.length === 0
      ? []
      : ['  referred to by', ...columns(references.map(referenceRow), ['left', 'right'], 4)]),
    ...targets.flatMap(({ error }) => (error === null ? [] : findingReport(error))),
  ]
}
