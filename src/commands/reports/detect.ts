import {
  type Choices,
  type DetectedComposite,
  type DetectedIdentity,
  type DetectedReference,
  type DetectedTarget,
  inShell,
} from '../../core/index.ts'
import { count, counted, size, sureness } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { followWords, referenceFacts, referenceName } from '../../ui/reference-facts.ts'
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
    `${mark} ${referenceName(reference)}`,
    reference.kind,
    `${count(reference.matched)} match`,
    counted(reference.orphans, 'orphan'),
    counted(reference.sentinels, 'sentinel'),
    sureness(reference.confidence),
    reference.why,
  ]
}

/** Few enough to be read by the way; more of them only on request. */
const fewMentioned = 3

/** Everything that refers to an identity, or seems to: what follows it, what may, and what only looks like it. */
function referencesReport(identity: DetectedIdentity, verbose: boolean): readonly string[] {
  const name = printable(place(identity.table, identity.column))
  const by = (choice: DetectedReference['choice']) =>
    identity.references.filter(reference => reference.choice === choice)
  const [accepted, offered, mentioned] = [by('accepted'), by('offered'), by('mentioned')]
  const shown = verbose || mentioned.length <= fewMentioned ? mentioned : []
  const hidden = mentioned.length - shown.length
  return [
    ...(accepted.length > 0 ? ['', `  ${name} is referred to by`] : []),
    ...withFacts(accepted, each => (verbose || each.kind !== 'declared' ? referenceFacts(each) : [])),
    ...(offered.length > 0 ? ['', `  ${name} may be referred to by; a flag makes it so`] : []),
    ...withFacts(offered, each => [
      ...referenceFacts(each),
      ...(each.target === undefined ? [inShell`follow it: --reference ${followWords(identity, each)}`] : []),
    ]),
    ...(shown.length > 0 ? ['', `  hardly references to ${name}`] : []),
    ...withFacts(shown, () => []),
    ...(hidden > 0
      ? ['', `  ${counted(hidden, 'place')} are hardly references to ${name}: -v lists them`]
      : []),
  ]
}

function withFacts(
  references: readonly DetectedReference[],
  factsOf: (reference: DetectedReference) => readonly string[],
): readonly string[] {
  const rows = columns(references.map(referenceRow), ['left', 'left', 'right', 'right', 'right', 'right'], 4)
  return rows.flatMap((row, index) => [
    row,
    ...factsOf(references[index]!).map(fact => `        ${printable(fact)}`),
  ])
}

function compositesReport(composites: readonly DetectedComposite[], verbose: boolean): readonly string[] {
  const shown = verbose ? composites : composites.filter(each => each.choice !== 'mentioned')
  if (shown.length === 0) return []
  const rows = shown.map(each => [
    `${each.table} (${each.columns.join(', ')})`,
    `${each.parent} (${each.parentColumns.join(', ')})`,
    each.kind,
    `${count(each.matched)} match`,
    counted(each.orphans, 'orphan'),
    sureness(each.confidence),
    each.why,
  ])
  return [
    '',
    '  keys of several columns: nothing of them becomes a ULID',
    ...columns(rows, ['left', 'left', 'left', 'right', 'right', 'right'], 4),
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
  lines.push(...shown.flatMap(identity => referencesReport(identity, verbose)))
  lines.push(...compositesReport(found.composites, verbose))
  for (const finding of found.findings) lines.push('', ...findingReport(finding, choices))
  return lines
}
