/** What was found in one target: identities, the references to the focused one, and what stands out. */
import type { DetectedIdentity, DetectedReference, DetectedTarget } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { count, counted, tilde } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, type Line, line, paragraph, span, widthOf } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { type TableCell, table } from '../ui/table.ts'
import { blockers, focusedIdentity, nothingToDo } from '../wizard/openings.ts'
import { type DetectScreen, documentOf, entryOf, visibleIdentities, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { busy, columnName, orphansOf } from './common.ts'
import { filterLine } from './targets.ts'

export function detectBody(wizard: Wizard, screen: DetectScreen, area: Area): readonly Line[] {
  const { target } = screen.journey
  const entry = entryOf(wizard, target)
  const document = documentOf(entry)
  if (entry.detection.is === 'failed')
    return messageBlock(
      entry.detection.failure,
      area.width,
      'Nothing was changed. Enter tries again, Esc goes back.',
    )
  if (document === null) {
    const since = entry.detection.is === 'reading' ? entry.detection.progress.startedAt : wizard.now
    const object = entry.detection.is === 'reading' ? (entry.detection.progress.step?.object ?? '') : ''
    return [
      busy(wizard, `Reading tables and rows of ${tilde(target)}`, since),
      ...(object === '' ? [] : [line(span(`   ${object}`, 'muted'))]),
      blank,
      ...paragraph(
        'Detection only reads: the file stays as it is. Esc goes back, it reads on.',
        area.width,
        'muted',
        1,
      ),
    ]
  }
  if (screen.pane === 'findings') return findings(document, screen.findingCursor, area)
  const top = headings(document, entry.detection.is === 'reading', area)
  if (document.identities.length === 0) return top
  const filter = screen.filter.text !== '' || screen.filter.editing ? [filterLine(screen.filter)] : []
  const rest = { width: area.width, height: area.height - top.length - filter.length }
  return [...top, ...filter, ...panes(wizard, screen, document, rest)]
}

function headings(document: DetectedTarget, reading: boolean, area: Area): readonly Line[] {
  const rows = document.tables.reduce((sum, each) => sum + each.rows, 0)
  const chosen = document.identities.filter(identity => identity.migrate).length
  const left = document.identities.length - chosen
  const warnings = document.findings.filter(finding => finding.severity === 'warning').length
  const [blocker] = blockers(document)
  if (document.state === 'empty')
    return [
      line(span(` ${symbols.warning} There are no tables in this database yet.`, 'warning')),
      ...document.findings.flatMap(finding => [
        ...paragraph(finding.why, area.width, 'plain', 3),
        ...paragraph(`by hand: ${finding.next}`, area.width, 'muted', 3),
      ]),
      blank,
      ...paragraph(
        'Enter shows what initialize would make; nothing is made before that.',
        area.width,
        'plain',
        3,
      ),
    ]
  const counts = [
    `${counted(document.tables.length, 'table')}, ${counted(rows, 'row')}.`,
    `${counted(chosen, 'identity', 'identities')} to migrate, ${count(left)} left alone.`,
    `${counted(warnings, 'warning')}${blocker ? '' : ', no blockers'}.`,
  ].join('  ')
  const done = ` ${symbols.done} Nothing to do: ${reasonForNothing(document)}`
  return [
    ...(blocker ? [...messageBlock(blocker, area.width), blank] : []),
    ...(nothingToDo(document) && !blocker ? [line(span(done, 'ok'))] : []),
    ...paragraph(counts, area.width, 'plain', 1),
    reading ? line(span(' reading again with your choices', 'muted')) : blank,
  ]
}

function reasonForNothing(document: DetectedTarget): string {
  switch (document.state) {
    case 'migrated':
      return 'every identifier is a ULID already.'
    case 'expanded':
      return 'each identity has its ULID column, filled for every row.'
    case 'half':
    case 'legacy':
      return 'no identity is chosen; Space takes one in.'
    case 'empty':
    case 'none':
      if (document.identities.length === 0) return 'no row in it has an id of its own yet.'
      return 'nothing in it looks like an identity; Space takes one in all the same.'
  }
}

function panes(wizard: Wizard, screen: DetectScreen, document: DetectedTarget, area: Area): readonly Line[] {
  const identities = visibleIdentities(document, screen.filter)
  const focused = focusedIdentity(wizard)
  const narrow = area.width < wideFrom
  if (narrow && screen.pane === 'references' && focused) return references(focused, screen, area)
  const evidenceHeight =
    narrow || !focused ? 0 : Math.min(focused.references.length + 6, Math.ceil(area.height * 0.55))
  const listHeight = Math.min(identities.length + 1, area.height - evidenceHeight)
  const drawn = identityTable(identities, area.width, narrow)
  const rows = drawn.rows.map((content, index) =>
    marked(
      content,
      identities[index]!.migrate ? symbols.on : symbols.off,
      index === screen.cursor && screen.pane === 'identities',
    ),
  )
  const list = listOf(rows, screen.cursor, { width: area.width, height: listHeight - 1 })
  const none = identities.length === 0 ? [line(span('   No identity contains that text.', 'muted'))] : []
  if (narrow || !focused) return [drawn.head, ...list, ...none]
  const left = area.height - list.length - 1
  return [drawn.head, ...list, ...references(focused, screen, { width: area.width, height: left })]
}

function marked(content: Line, box: string, focused: boolean): Line {
  const [, ...cells] = content
  return [
    span(focused ? ` ${symbols.pointer} ` : '   ', 'accent'),
    span(`${box} `, box === symbols.on ? 'accent' : 'plain'),
    ...cells.map(each => (focused && each.tone === 'plain' ? { ...each, tone: 'strong' as const } : each)),
  ]
}

function identityTable(
  identities: readonly DetectedIdentity[],
  width: number,
  narrow: boolean,
): ReturnType<typeof table> {
  if (narrow)
    return table(
      [
        { title: 'identity', gives: 'middle' },
        { title: 'rows', align: 'right' },
        { title: 'references' },
        { title: 'orphans', align: 'right', rank: 1 },
      ],
      identities.map(each => [
        { text: columnName(each) },
        { text: count(each.rows) },
        { text: referencesText(each) },
        { text: each.migrate ? count(orphansOf(each)) : '-' },
      ]),
      width,
      7,
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
      { text: columnName(each) },
      { text: count(each.rows) },
      { text: kindText(each) },
      { text: each.migrate ? timeText(each) : '-' },
      { text: each.migrate ? referencesText(each) : 'left alone', tone: each.migrate ? 'plain' : 'muted' },
      { text: each.migrate ? count(orphansOf(each)) : '-' },
    ]),
    width,
    7,
  )
}

/** The kind most values are of; its share, where there are others. */
export function kindText(identity: DetectedIdentity): string {
  const kinds = Object.entries(identity.kinds).sort(([, a], [, b]) => b - a)
  const [first, ...others] = kinds
  if (first === undefined) return '-'
  const total = kinds.reduce((sum, [, rows]) => sum + rows, 0)
  return others.length === 0 ? first[0] : `${first[0]} ${Math.floor((first[1] / total) * 100)} %`
}

export function timeText(identity: DetectedIdentity): string {
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

/** Why it is chosen or not, what its values are, and where times come from that the id does not hold. */
function evidence(identity: DetectedIdentity): string {
  const kinds = Object.entries(identity.kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, rows]) => `${count(rows)} ${kind}`)
  const { from, column } = identity.time
  const otherwise = from === 'id' && column !== undefined ? `time from the id, else ${column}` : ''
  return [identity.reason, kinds.length > 1 ? kinds.join(', ') : '', otherwise].filter(Boolean).join('; ')
}

function referencesText(identity: DetectedIdentity): string {
  const offered = identity.references.filter(each => each.choice === 'offered').length
  const accepted = identity.references.filter(each => each.choice === 'accepted').length
  return offered === 0 ? count(accepted) : `${accepted} + ${offered} offered`
}

function references(identity: DetectedIdentity, screen: DetectScreen, area: Area): readonly Line[] {
  const title = [
    blank,
    line(' ', span(columnName(identity), 'strong')),
    ...paragraph(evidence(identity), area.width, 'muted', 3).slice(0, 2),
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
    7,
  )
  const active = screen.pane === 'references'
  const rows = drawn.rows.map((content, index) =>
    marked(content, boxOf(identity.references[index]!), active && index === screen.referenceCursor),
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

function findings(document: DetectedTarget, cursor: number, area: Area): readonly Line[] {
  const blocks = document.findings.map((finding, index) => {
    const block = messageBlock(finding, area.width - 2)
    return block.map((content, row) =>
      line(span(row === 0 && index === cursor ? symbols.pointer : ' ', 'accent'), ...content),
    )
  })
  const before = blocks.slice(0, cursor).reduce((sum, block) => sum + block.length, 0)
  const all = blocks.flat().filter(content => widthOf(content) > 0)
  const focusedEnd = before + (blocks[cursor]?.length ?? 1) - 1
  const head = [line(span(` ${counted(document.findings.length, 'finding')}`, 'strong')), blank]
  return [
    ...head,
    ...listOf(all, Math.min(focusedEnd, before + area.height - 4), {
      width: area.width,
      height: area.height - 2,
    }),
  ]
}
