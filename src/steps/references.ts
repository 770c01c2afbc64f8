/** What refers to an identity, how sure that is, and what was decided. */
import type { DetectedComposite, DetectedReference } from '../core/index.ts'
import { choiceIndent, choiceRow } from '../ui/choice-row.ts'
import { count, sureness } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, type Line, line, paragraph, span, widthOf } from '../ui/line.ts'
import { eachRow, firstOf, listOf } from '../ui/list.ts'
import { referenceFacts, referenceName } from '../ui/reference-facts.ts'
import { table } from '../ui/table.ts'
import { type ListedIdentity, visibleReferences } from '../wizard/listed.ts'
import { type DetectScreen, documentOf, type Entry } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { identityName, reasons } from './identities.ts'

/**
 * The identity under the cursor, and the places that refer to it.
 *
 * @param beneath whether the identities stand above it
 */
export function referencesOf(
  identity: ListedIdentity,
  screen: DetectScreen,
  entry: Entry,
  area: Area,
  beneath: boolean,
): readonly Line[] {
  const active = screen.pane === 'references'
  const references = visibleReferences(entry, identity)
  const others = (beneath ? 2 : 1) + (references.length === 0 ? 1 : references.length + 1)
  const told = Math.max(2, Math.min(6, area.height - others))
  const low = area.height < references.length + 14
  // While one looks at references, what is known of them comes before what is known of their identity.
  const title = [
    ...(beneath ? [blank] : []),
    line(' ', span(identityName(identity), 'strong')),
    ...(active && low
      ? []
      : firstOf(reasons(identity, entry, area.width), told, evidenceAway(identity, active))),
    ...(references.length === 0 ? [line(span('   Nothing refers to it.', 'muted'))] : []),
  ]
  const composites = compositesOf(identity, documentOf(entry)?.composites ?? [], area.width)
  if (references.length === 0) return [...title, ...composites]
  const drawn = table(
    [
      { title: 'referred to by', gives: 'middle' },
      { title: 'how' },
      { title: 'match', align: 'right', rank: 3 },
      { title: 'sure', align: 'right', rank: 1 },
      { title: 'orphans', align: 'right', rank: 2 },
    ],
    references.map(each => [
      { text: referenceName(each) },
      { text: each.kind },
      { text: count(each.matched) },
      { text: sureness(each.confidence) },
      { text: count(each.orphans), tone: each.orphans > 0 ? ('warning' as const) : ('plain' as const) },
    ]),
    area.width,
    choiceIndent,
  )
  const rows = eachRow(drawn.rows, (content, index) =>
    choiceRow(content, boxOf(references[index]!), active && index === screen.referenceCursor),
  )
  const focused = active ? references[screen.referenceCursor] : undefined
  const room = area.height - title.length - 1
  const detail = focused
    ? detailOf(focused, area.width).slice(0, room - Math.min(rows.length, fewestRows))
    : []
  const list = listOf(rows, active ? screen.referenceCursor : 0, {
    width: area.width,
    height: room - detail.length,
  })
  const shown = [...title, drawn.head, ...list, ...detail]
  // Where there is no room, they stand on the page of the evidence.
  return shown.length + composites.length > area.height ? shown : [...shown, ...composites]
}

/** Where the rest of what is known of an identity stands; the list of references is on the way there. */
export function evidenceAway({ references }: ListedIdentity, amongReferences: boolean): string {
  return amongReferences || references.length === 0 ? 'tab' : 'tab twice'
}

/** Rows of the list that stay in sight however much there is to say of one of them. */
const fewestRows = 3

/** Why it is believed, from what values, and what comes of leaving it out. */
function detailOf(reference: DetectedReference, width: number): readonly Line[] {
  const name = referenceName(reference)
  // The list shortens a name in its middle, which may be what tells it from the next.
  const whole = widthOf([span(name)]) > width / 3 ? [line(' ', span(name, 'strong'))] : []
  return [
    blank,
    ...whole,
    ...paragraph(reference.why, width, 'plain', 3),
    ...referenceFacts(reference, width < wideFrom ? 17 : undefined).flatMap(fact =>
      paragraph(fact, width, 'muted', 3),
    ),
  ]
}

/** Keys of several columns at either end of which the identity's table is. */
export function compositesOf(
  { table: name, elsewhere }: ListedIdentity,
  composites: readonly DetectedComposite[],
  width: number,
): readonly Line[] {
  const own = composites.filter(
    each =>
      elsewhere === undefined && each.choice !== 'mentioned' && (each.table === name || each.parent === name),
  )
  if (own.length === 0) return []
  const text = own.map(
    each => `${each.table} (${each.columns.join(', ')}) to ${each.parent} (${each.parentColumns.join(', ')})`,
  )
  return [
    blank,
    ...paragraph(
      `Keys of several columns, nothing of which becomes a ULID: ${text.join('; ')}`,
      width,
      'muted',
      1,
    ),
  ]
}

function boxOf(reference: DetectedReference): string {
  switch (reference.choice) {
    case 'accepted':
      return symbols.on
    case 'offered':
      return symbols.off
    case 'mentioned':
      return ` ${symbols.mentioned} `
  }
}
