import {
  type Choices,
  commandLine,
  type DetectedTarget,
  formatPlace,
  type MigratedTarget,
  type Plan,
} from '../../core/index.ts'
import { count, counted, duration } from '../../ui/format.ts'
import { openByText } from '../../ui/in-use.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'
import { place } from './names.ts'
import { proofReport } from './proof.ts'

/** What a plan is about to do, before anybody is asked to agree. */
export function planReport(plan: Plan, found: DetectedTarget | null, choices: Choices): readonly string[] {
  const rowsOf = (table: string) => found?.tables.find(one => one.name === table)?.rows
  const rows = plan.identities.map(identity => {
    const known = rowsOf(identity.table)
    return [
      place(identity.table, identity.column),
      known === undefined ? '' : counted(known, 'row'),
      identity.strategy,
      counted(identity.references.length, 'reference'),
      identity.references.map(reference => place(reference.table, reference.column)).join(', '),
    ]
  })
  const followers = [
    ...(plan.foreign ?? []).flatMap(({ of: [first], references }) =>
      references.map(each => ({ ...each, name: place(each.table, each.column), of: first! })),
    ),
    ...(plan.inside ?? []).flatMap(({ table, column, places }) =>
      places.map(({ of, ...at }) => ({ table, name: formatPlace({ table, column }, at), of })),
    ),
  ].flatMap(({ table, name, of }) => {
    if (of.target === undefined) return []
    const known = rowsOf(table)
    const leader = `${place(of.table, of.column)} in ${printable(of.target)}`
    return [[printable(name), known === undefined ? '' : counted(known, 'row'), 'follows', leader]]
  })
  const warnings = (found?.findings ?? []).filter(finding => finding.severity !== 'info')
  return [
    `This changes the database your programs use: ${printable(plan.target)}`,
    ...columns([...rows, ...followers], ['left', 'right', 'left', 'right']),
    '  A snapshot is taken and checked before the first write; rollback undoes it at any later time.',
    ...(found === null ? [] : [`  open ${printable(openByText(found.openBy))}`]),
    ...warnings.flatMap(finding => findingReport(finding, choices)),
  ]
}

export function migrateReport(done: MigratedTarget, verbose: boolean): readonly string[] {
  const target = printable(done.target)
  if (done.status === 'nothing-to-do') return [`${target}  nothing to do`]
  const total = done.timings.reduce((sum, timing) => sum + timing.seconds, 0)
  const timings = done.timings.map(timing => [timing.phase, timing.object, duration(timing.seconds)])
  return [
    `${marks.good} ${target}  migrated (${done.strategy}) in ${duration(total)}`,
    `  ${counted(done.identifiers, 'identifier')} in ${counted(done.identities, 'identity', 'identities')}, ` +
      `${count(done.references)} references`,
    ...(verbose ? columns(timings, ['left', 'left', 'right'], 4) : []),
    // An expansion is committed piece by piece, and proved once, when the last of them is.
    ...(done.strategy === 'expand' ? [] : proofReport('before the commit', done.proof, verbose)),
    ...proofReport('from outside', done.outside, verbose),
    `  snapshot: ${printable(done.snapshot)}`,
    `  way back: ${printable(commandLine('rollback', done.target))}`,
  ]
}
