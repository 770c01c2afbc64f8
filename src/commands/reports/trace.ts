/** What is known of one id, for a terminal: a tree of where it lives and who refers to it, and a time line of what is near it. */
import type { NearIdentity, Trace, TracedReference, TracedRow, TracedTarget } from '../../core/index.ts'
import { count, counted, offset, tilde } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { holderName, type TracedIn, type TracedSystem, traceTree } from '../../wizard/trace-tree.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'
import { place } from './names.ts'

/** That nothing is known is said as plainly. */
export function traceReport(trace: Trace): readonly string[] {
  const { id, time, found, references, targets } = trace
  const read = targets.filter(({ error }) => error === null)
  const own = time === null ? '' : `its own time is ${time}`
  return [
    ...(found.length === 0 && references.length === 0
      ? [
          `${printable(id)} was not found anywhere: ${[searched(read), ...(own === '' ? [] : [own])].join('; ')}`,
        ]
      : [`${printable(id)}${time === null ? '' : `  of ${time}`}`]),
    ...traceTree(trace).flatMap(systemLines),
    ...timeLine(trace),
    ...read.flatMap(asides),
    ...targets.flatMap(({ error }) => (error === null ? [] : findingReport(error))),
  ]
}

function searched(read: readonly TracedTarget[]): string {
  const sum = (of: (target: TracedTarget) => number) => read.reduce((all, each) => all + of(each), 0)
  const keys = sum(each => each.keys)
  return [
    counted(read.length, 'database'),
    counted(
      sum(each => each.identities),
      'migrated identity',
      'migrated identities',
    ),
    ...(keys === 0 ? [] : [counted(keys, 'other key')]),
  ].join(', ')
}

function systemLines({ system, targets }: TracedSystem): readonly string[] {
  return [printable(system ?? 'of no known system'), ...targets.flatMap(targetLines)]
}

function targetLines({ target, rows, others }: TracedIn): readonly string[] {
  return [
    `  ${printable(tilde(target))}`,
    ...rows.flatMap(({ row, references }) => [...rowLines(row), ...referenceLines(references)]),
    ...(others.length === 0
      ? []
      : [
          '    refers to it',
          ...columns(
            others.map(each => [...referenceCells(each), `to ${each.to} in ${tilde(each.toTarget)}`]),
            ['left', 'right'],
            6,
          ),
        ]),
  ]
}

function rowLines({ table, column, row, ulid, legacy, time, inShort }: TracedRow): readonly string[] {
  const names = row === null ? 'names no row; others refer to it, or did' : `row ${row}`
  return [
    printable(`    ${row === null ? marks.warning : marks.good} ${place(table, column)}  ${names}`),
    ...columns(
      [
        ['ULID', ulid ?? marks.none, ...(time === null ? [] : [`of ${time}`])],
        ['legacy id', legacy ?? marks.none],
        ...inShort.map(({ column: name, value }) => [name, value]),
      ],
      [],
      6,
    ),
  ]
}

function referenceLines(references: readonly TracedReference[]): readonly string[] {
  if (references.length === 0) return []
  return ['      referred to by', ...columns(references.map(referenceCells), ['left', 'right'], 8)]
}

function referenceCells(reference: TracedReference): readonly string[] {
  const { rows, samples, scanned } = reference
  return [
    holderName(reference),
    counted(rows, 'row'),
    `row ${samples.join('; ')}`,
    ...(scanned ? ['no index: all was read'] : []),
  ]
}

function timeLine({ near, related }: Trace): readonly string[] {
  if (near.ulid === null) return []
  const window = `within ${offset(near.seconds).slice(1)} of ${near.ulid}`
  if (related.length === 0) return [`nothing else ${window}`]
  const rows = related.map(each => [
    offset(each.offset),
    each.system ?? '',
    place(each.table, each.column),
    `row ${each.row ?? marks.none}`,
    each.ulid,
    each.legacy ?? marks.none,
    tilde(each.target),
  ])
  const more = near.identities.filter(each => each.rows === null || each.rows > each.shown)
  return [
    window,
    ...columns(rows, ['right']),
    ...more.map(each =>
      printable(`  ${place(each.table, each.column)} in ${tilde(each.target)}: ${moreOf(each)}`),
    ),
  ]
}

function moreOf({ rows, more, shown }: NearIdentity): string {
  if (rows === null) return 'no index on its ULIDs, so nothing was looked for'
  return `and ${more ? 'at least ' : ''}${count(rows - shown)} more`
}

/** How it was looked for, where that is not as one expects. */
function asides({ target, migrated, keys, readThrough }: TracedTarget): readonly string[] {
  const name = tilde(target)
  const looked = keys === 0 ? 'and has no key that may hold ULIDs' : `${counted(keys, 'key')} looked into`
  return [
    ...(migrated ? [] : [`${name}: never migrated, ${looked}`]),
    ...(readThrough.length === 0 ? [] : [`${name}: read as a whole: ${readThrough.join(', ')}`]),
  ].map(line => `${marks.none} ${printable(line)}`)
}
