import type { Choices, DetectedIdentity, DetectedReference, DetectedTarget } from '../../core/index.ts'
import { count, counted, size } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'
import { place } from './names.ts'

function kinds(identity: DetectedIdentity): string {
  const found = Object.entries(identity.kinds).filter(([, rows]) => rows > 0)
  found.sort(([, one], [, other]) => other - one)
  if (found.length === 1) return found[0]?.[0] ?? ''
  return found.map(([kind, rows]) => `${kind} ${count(rows)}`).join(', ') || marks.none
}

function timeOf({ time }: DetectedIdentity): string {
  if (time.from === 'id') return 'the id'
  if (time.from === 'column') return time.column ?? 'a column'
  return 'the order'
}

function identityRow(identity: DetectedIdentity): readonly string[] {
  const orphans = identity.references.reduce((sum, reference) => sum + reference.orphans, 0)
  const offered = identity.references.filter(reference => reference.choice === 'offered').length
  const accepted = identity.references.filter(reference => reference.choice === 'accepted').length
  return [
    `${identity.migrate ? marks.good : marks.none} ${place(identity.table, identity.column)}`,
    count(identity.rows),
    kinds(identity),
    timeOf(identity),
    offered > 0 ? `${accepted} + ${offered} offered` : count(accepted),
    count(orphans),
    identity.reason,
  ]
}

function referenceRow(reference: DetectedReference): readonly string[] {
  const mark = { accepted: marks.good, offered: 'o', mentioned: marks.none }[reference.choice]
  return [
    `${mark} ${place(reference.table, reference.column)}`,
    reference.kind,
    `${count(reference.matched)} match`,
    counted(reference.orphans, 'orphan'),
    `${Math.floor(reference.confidence * 100)} %`,
    reference.why,
  ]
}

/** What detection found in one target; with `verbose` its tables and the references of every identity. */
export function detectReport(found: DetectedTarget, choices: Choices, verbose: boolean): readonly string[] {
  const rows = found.tables.reduce((sum, table) => sum + table.rows, 0)
  const shown = found.identities.filter(identity => identity.migrate || verbose)
  const lines = [
    `${printable(found.target)}  ${found.engine}, ${size(found.bytes)}, ${counted(found.tables.length, 'table')}, ` +
      `${counted(rows, 'row')}, state: ${found.state}`,
  ]
  if (verbose)
    lines.push(
      ...columns(
        found.tables.map(t => [t.name, count(t.rows)]),
        ['left', 'right'],
      ),
    )
  if (found.identities.length > 0) {
    const head = ['  identity', 'rows', 'kinds of id', 'time from', 'references', 'orphans', 'why']
    const sides = ['left', 'right', 'left', 'left', 'right', 'right'] as const
    lines.push('', ...columns([head, ...found.identities.map(identityRow)], sides))
  }
  for (const identity of shown.filter(identity => identity.references.length > 0))
    lines.push(
      '',
      `  ${printable(place(identity.table, identity.column))} is referred to by`,
      ...columns(identity.references.map(referenceRow), ['left', 'left', 'right', 'right', 'right'], 4),
    )
  for (const finding of found.findings) lines.push('', ...findingReport(finding, choices))
  return lines
}
