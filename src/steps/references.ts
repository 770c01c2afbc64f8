/** What refers to an identity, how sure that is, and what was decided. */
import type { DetectedIdentity, DetectedReference } from '../core/index.ts'
import { choiceIndent, choiceRow } from '../ui/choice-row.ts'
import { count } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import type { DetectScreen, Entry } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { columnName } from './common.ts'
import { reasons } from './identities.ts'

/** The identity under the cursor, and the places that refer to it. */
export function referencesOf(
  identity: DetectedIdentity,
  screen: DetectScreen,
  entry: Entry,
  area: Area,
): readonly Line[] {
  const title = [
    blank,
    line(' ', span(columnName(identity), 'strong')),
    ...reasons(identity, entry, area.width).slice(0, 2),
    ...(identity.references.length === 0 ? [line(span('   Nothing refers to it.', 'muted'))] : []),
  ]
  if (identity.references.length === 0) return title
  const drawn = table(
    [
      { title: 'referred to by', gives: 'middle' },
      { title: 'how' },
      { title: 'match', align: 'right', rank: 2 },
      { title: 'sure', align: 'right', rank: 1 },
      { title: 'orphans', align: 'right' },
    ],
    identity.references.map(each => [
      { text: columnName(each) },
      { text: each.kind },
      { text: count(each.matched) },
      { text: `${Math.floor(each.confidence * 100)} %` },
      { text: count(each.orphans), tone: each.orphans > 0 ? ('warning' as const) : ('plain' as const) },
    ]),
    area.width,
    choiceIndent,
  )
  const active = screen.pane === 'references'
  const rows = drawn.rows.map((content, index) =>
    choiceRow(content, boxOf(identity.references[index]!), active && index === screen.referenceCursor),
  )
  const why = active ? (identity.references[screen.referenceCursor]?.why ?? '') : ''
  const reason = why === '' ? [] : paragraph(why, area.width, 'muted', 3).slice(0, 2)
  const height = area.height - title.length - 1 - reason.length
  return [
    ...title,
    drawn.head,
    ...listOf(rows, active ? screen.referenceCursor : 0, { width: area.width, height }),
    ...reason,
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
