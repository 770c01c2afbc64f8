/** The identities of a target: what each is, what becomes of it, and why. */
import { basename } from 'node:path'
import type { DetectedIdentity } from '../core/index.ts'
import { choiceIndent } from '../ui/choice-row.ts'
import { count, counted, rowTime, share } from '../ui/format.ts'
import { type Line, paragraph, shorten } from '../ui/line.ts'
import { type Table, type TableCell, table } from '../ui/table.ts'
import { timeSources } from '../wizard/choices.ts'
import type { ListedIdentity } from '../wizard/listed.ts'
import type { Entry } from '../wizard/state.ts'
import { columnName, orphansOf } from './common.ts'

/** With its target, where that is another one than the screen is about. */
export function identityName(identity: ListedIdentity): string {
  const name = columnName(identity)
  return identity.elsewhere === undefined ? name : `${name} in ${basename(identity.elsewhere)}`
}

/** The list of identities, as a table. */
export function identityTable(
  identities: readonly ListedIdentity[],
  entry: Entry,
  width: number,
  narrow: boolean,
): Table {
  if (narrow)
    return table(
      [
        { title: 'identity', gives: 'middle' },
        { title: 'rows', align: 'right' },
        { title: 'references' },
        { title: 'orphans', align: 'right', rank: 1 },
      ],
      identities.map(each => [
        { text: identityName(each) },
        { text: count(each.rows) },
        outcomeOf(each),
        { text: each.migrate ? count(orphansOf(each)) : '-' },
      ]),
      width,
      choiceIndent,
    )
  return table(
    [
      { title: 'identity', gives: 'middle' },
      { title: 'rows', align: 'right' },
      { title: 'kind of id', gives: 'end' },
      { title: 'time from', rank: 1 },
      { title: 'references', gives: 'end' },
      { title: 'orphans', align: 'right', rank: 2 },
    ],
    identities.map((each): readonly TableCell[] => [
      { text: identityName(each) },
      { text: count(each.rows) },
      { text: kindText(each) + formText(each, entry) },
      { text: each.migrate ? timeText(each) : '-' },
      outcomeOf(each),
      { text: each.migrate ? count(orphansOf(each)) : '-' },
    ]),
    width,
    choiceIndent,
  )
}

/** How many references follow it, or that it stays. */
function outcomeOf(identity: DetectedIdentity): TableCell {
  return identity.migrate
    ? { text: referencesText(identity) }
    : { text: identity.offered ? 'offered' : 'left alone', tone: 'muted' }
}

/** The kind most values are of; its share, where there are others. */
function kindText(identity: DetectedIdentity): string {
  const kinds = Object.entries(identity.kinds).sort(([, a], [, b]) => b - a)
  const [first, ...others] = kinds
  if (first === undefined) return '-'
  const total = kinds.reduce((sum, [, rows]) => sum + rows, 0)
  return others.length === 0 ? first[0] : `${first[0]} ${share(first[1], total)}`
}

/** What becomes of an integer key. */
export function formText(identity: ListedIdentity, { choices }: Entry): string {
  if (identity.elsewhere !== undefined) return ''
  if (!identity.integerKey || !identity.migrate || choices.strategy === 'expand') return ''
  return choices.form === 'pure' ? ', given up' : `, kept as legacy_${identity.column}`
}

function timeText(identity: DetectedIdentity): string {
  const { from, column } = identity.time
  switch (from) {
    case 'id':
      return 'the id'
    case 'column':
      return column ?? 'a column'
    case 'order':
      return 'order of the key'
  }
}

/** Why an identity is chosen or not, what is known of its values, and where their times come from. */
export function reasons(identity: ListedIdentity, entry: Entry, width: number): readonly Line[] {
  const form = formText(identity, entry).slice(2)
  const why = [identity.reason, form && `its integer is ${form}`, valuesText(identity)]
  const samples = identity.samples.map(({ value, time }) => {
    const shown = shorten(value, 44, 'middle')
    return time === null ? shown : `${shown} of ${rowTime(time)}`
  })
  return [
    why.filter(Boolean).join('; '),
    kindsText(identity),
    ...(identity.migrate ? [timesText(identity), inversionsText(identity) ?? ''] : []),
    samples.length === 0 ? '' : `for example ${samples.join(', ')}`,
  ]
    .filter(Boolean)
    .flatMap(text => paragraph(text, width, 'muted', 3))
}

/** `98 % name-timestamp (40,200), 2 % prefixed (820)` */
export function kindsText({ kinds }: ListedIdentity): string {
  const counted = Object.entries(kinds).sort(([, a], [, b]) => b - a)
  const total = counted.reduce((sum, [, rows]) => sum + rows, 0)
  const told = ([kind, rows]: readonly [string, number]) => `${share(rows, total)} ${kind} (${count(rows)})`
  return counted.map(told).join(', ')
}

/** `41,020 rows; none empty, 2 twice` */
export function valuesText({ rows, nulls, duplicates }: ListedIdentity): string {
  const none = (rows: number) => (rows === 0 ? 'none' : count(rows))
  return `${counted(rows, 'row')}; ${none(nulls)} empty, ${none(duplicates)} twice`
}

/** `time from the id, else start_time; d changes to end_time or order of the key` */
export function timesText(identity: ListedIdentity): string {
  const { from, column } = identity.time
  const otherwise = from === 'id' && column !== undefined ? `, else ${column}` : ''
  const others = timeSources(identity)
    .filter(source => source.from !== from || (from === 'column' && source.column !== column))
    .map(source => timeText({ ...identity, time: source }))
  const change =
    others.length === 0 || identity.elsewhere !== undefined ? '' : `; d changes to ${others.join(' or ')}`
  return `time from ${timeText(identity)}${otherwise}${change}`
}

/** What ids and times say of the order of the rows; null where they can't disagree. */
export function inversionsText({ inversions, rows }: ListedIdentity): string | null {
  if (inversions === null || inversions.looked < 2) return null
  const { looked } = inversions
  const which = looked < rows ? `the first ${count(looked)} rows by id` : counted(looked, 'row')
  if (inversions.rows === 0) return `ids and times agree about the order of ${which}`
  const are = inversions.rows === 1 ? 'is' : 'are'
  return `${count(inversions.rows)} of ${which} ${are} older than the row before: time wins, so they move to their date`
}

function referencesText(identity: DetectedIdentity): string {
  const offered = identity.references.filter(each => each.choice === 'offered').length
  const accepted = identity.references.filter(each => each.choice === 'accepted').length
  return offered === 0 ? count(accepted) : `${accepted} + ${offered} offered`
}
