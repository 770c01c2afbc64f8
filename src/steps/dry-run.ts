/** The rehearsal: what changes and what stays, measured on a private copy, with samples that hold for the live run. */
import type { Choices, DryRunTarget, Phase } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { about, count, counted, duration, rowTime, size } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import {
  type Area,
  blank,
  cell,
  clip,
  type Line,
  line,
  paragraph,
  shorten,
  span,
  unbounded,
  widthOf,
} from '../ui/line.ts'
import { drawnRows, listOf, scrolled } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import { blockersOf, objectsOf } from '../wizard/consent.ts'
import { schemaDiff } from '../wizard/schema-diff.ts'
import { type DryRunScreen, entryOf, type Rehearsal, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { checkLines } from './checks.ts'
import { verdict } from './common.ts'
import { runningLines } from './running.ts'

const phases: readonly Phase[] = ['inspect', 'copy', 'map', 'rewrite', 'verify', 'commit', 'undo']

export function dryRunBody(wizard: Wizard, screen: DryRunScreen, area: Area): readonly Line[] {
  const { work } = screen
  switch (work.is) {
    case 'working': {
      const note = paragraph(
        'A rehearsal on a private copy: the target is not touched. Esc abandons it.',
        area.width,
        'muted',
        1,
      )
      const rest = { width: area.width, height: area.height - note.length - 1 }
      return [...note, blank, ...runningLines(wizard, work, phases, false, rest)]
    }
    case 'failed':
      return messageBlock(
        work.failure,
        area.width,
        'The target was not changed. Enter rehearses again, Esc goes back.',
      )
    case 'rehearsed':
      return rehearsed(screen, work.rehearsal, entryOf(wizard, screen.journey.target).choices, area)
  }
}

function rehearsed(
  screen: DryRunScreen,
  { document }: Rehearsal,
  choices: Choices,
  area: Area,
): readonly Line[] {
  switch (screen.view) {
    case 'statements':
      return statements(document, screen.scroll, area)
    case 'schema':
      return schema(document, screen.scroll, area)
    case 'checks': {
      const all = [
        ...document.proof.checks,
        ...document.undo.checks.map(check => ({ ...check, id: `undo: ${check.id}` })),
      ]
      return checkLines(all, screen.scroll, true, area)
    }
    case 'summary':
      return scrolled(summary(document, choices, area.width), screen.scroll, area)
  }
}

function statements(document: DryRunTarget, cursor: number, area: Area): readonly Line[] {
  const rows = document.statements.map((statement, index) =>
    clip(
      line(
        span(index === cursor ? ` ${symbols.pointer} ` : '   ', 'accent'),
        statement.replaceAll(/\s+/g, ' '),
      ),
      area.width,
    ),
  )
  // The focused one whole, below: one line shows too little of a CREATE TABLE.
  const whole =
    area.width === unbounded
      ? []
      : paragraph((document.statements[cursor] ?? '').replaceAll(/\s+/g, ' '), area.width, 'muted', 3)
  const below = whole.slice(0, Math.max(3, Math.floor(area.height / 3)))
  const height = area.height - below.length - 3
  return [
    line(span(` ${counted(document.statements.length, 'statement')}, in one transaction`, 'strong')),
    ...listOf(rows, cursor, { width: area.width, height }),
    blank,
    ...below,
  ]
}

const signs = { '-': 'danger', '+': 'ok', ' ': 'plain' } as const

/** Before and after of each object that changes; the sign tells as well as the colour. */
function schema(document: DryRunTarget, scroll: number, area: Area): readonly Line[] {
  if (document.schema.length === 0)
    return [line(span(` ${symbols.done} The schema stays byte for byte: only values change.`, 'ok'))]
  const head = line(
    span(` ${counted(document.schema.length, 'object')} of the schema with another text`, 'strong'),
  )
  const lines = schemaDiff(document).map(({ sign, text }) =>
    sign === 'head' || sign === 'end'
      ? line(span(text === '' ? '' : ` ${text}`, 'strong'))
      : line(span(` ${sign} ${text}`, signs[sign])),
  )
  return [head, blank, ...scrolled(lines, scroll, { width: area.width, height: area.height - 2 })]
}

function summary(document: DryRunTarget, choices: Choices, width: number): readonly Line[] {
  const failed = [...document.proof.checks, ...document.undo.checks].filter(check => !check.ok)
  const { refused, unanswered, accepted } = blockersOf(document.findings, choices)
  const warnings = document.findings.filter(finding => finding.severity === 'warning')
  const blocking = [...refused, ...unanswered, ...warnings]
  const agreed = objectsOf(accepted)
  const head = [
    ...(failed.length > 0
      ? [
          line(
            span(
              ` ${symbols.bad} The rehearsal failed: this plan cannot be run. Esc, and choose otherwise.`,
              'danger',
            ),
          ),
          ...checkLines(failed, 0, true, { width, height: Number.MAX_SAFE_INTEGER }),
          blank,
        ]
      : []),
    ...blocking.flatMap(finding => messageBlock(finding, width)),
    ...(agreed.length > 0
      ? paragraph(
          `${symbols.on} accepted, and done in the rehearsal: ${agreed.join(', ')}`,
          width,
          'plain',
          1,
        )
      : []),
    ...(blocking.length + agreed.length > 0 ? [blank] : []),
  ]
  if (document.changes.length === 0)
    return [...head, line(span(` ${symbols.done} Nothing would change: there is nothing to do here.`, 'ok'))]
  const changes = changeLines(document, width)
  const facts = factsOf(document)
  const side = width >= wideFrom
  const body =
    width === unbounded
      ? [...changes, ...factLines(facts, width)]
      : side
        ? besides(changes, factLines(facts, Math.max(64, width - factsFrom), 0), factsFrom, width)
        : [
            ...changes,
            blank,
            ...facts.map(([label, value]) => line('   ', span(cell(label, 11), 'muted'), value)),
          ]
  return [...head, ...body, blank, ...samples(document, width)]
}

/** The cell at which the facts begin, where there is room for them beside the changes. */
const factsFrom = 48

/** Two blocks beside each other. */
function besides(left: readonly Line[], right: readonly Line[], at: number, width: number): readonly Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const content = clip(left[row] ?? blank, at - 2)
    return clip([...content, span(' '.repeat(at - widthOf(content))), ...(right[row] ?? blank)], width)
  })
}

const changesShown = 6

interface ChangeRow {
  readonly name: string
  readonly rows: number
  readonly columns: string
}

function changeLines({ changes, stays }: DryRunTarget, width: number): readonly Line[] {
  const most = width === unbounded ? unbounded : changesShown
  const rest = changes.slice(most)
  const rows: readonly ChangeRow[] = [
    ...changes.slice(0, most).map(each => ({ ...each, name: each.table, columns: each.columns.join(', ') })),
    ...(rest.length > 0
      ? [
          {
            name: counted(rest.length, 'more table'),
            rows: rest.reduce((sum, each) => sum + each.rows, 0),
            columns: '',
          },
        ]
      : []),
  ]
  const kinds = [
    counted(stays.tables, 'table'),
    counted(stays.indexes, 'index', 'indexes'),
    counted(stays.views, 'view'),
    counted(stays.triggers, 'trigger'),
  ].join(', ')
  return [
    line(span(' changes', 'strong')),
    ...changeRows(rows, width),
    ...(width === unbounded
      ? [line(`stays, byte for byte: ${kinds}`)]
      : [
          blank,
          line(span(' stays, byte for byte', 'strong')),
          ...paragraph(kinds, Math.min(width, factsFrom - 2), 'plain', 3),
        ]),
  ]
}

const shortestName = 19
const countWidth = 9

/** Names are as wide as they are, as long as the columns that change stand whole beside them. */
function changeRows(rows: readonly ChangeRow[], width: number): readonly Line[] {
  if (width === unbounded)
    return rows.map(each => line(`${each.name}: ${counted(each.rows, 'row')}; ${each.columns}`))
  const longest = (texts: readonly string[]) => Math.max(...texts.map(text => widthOf([span(text)])))
  const room = factsFrom - 2 - 3 - countWidth - 2 - longest(rows.map(each => each.columns))
  const nameWidth = Math.max(shortestName, Math.min(room, longest(rows.map(each => each.name))))
  return rows.map(each =>
    line(
      '   ',
      cell(shorten(each.name, nameWidth, 'middle'), nameWidth),
      cell(count(each.rows), countWidth, 'right'),
      span(`  ${each.columns}`, 'muted'),
    ),
  )
}

function factsOf(document: DryRunTarget): readonly Fact[] {
  const { estimate } = document
  const need = estimate.snapshotBytes + estimate.bytesAfter
  return [
    ['rehearsal', `${duration(estimate.rehearsalSeconds)} on a copy`],
    ['checks', verdict(document.proof)],
    ['undo', `${verdict(document.undo)}, rehearsed too`],
    ['live run', about(estimate.seconds)],
    ['disk', `${size(need)} of ${size(estimate.freeBytes)} free`],
    ['file', `${size(estimate.bytes)} now, ${size(estimate.bytesAfter)} after`],
    ['orphans', document.orphans === 0 ? 'none' : `${count(document.orphans)}, kept and reported`],
    ['plan', document.plan.hash.slice(0, 8)],
  ]
}

function samples(document: DryRunTarget, width: number): readonly Line[] {
  if (document.samples.length === 0) return []
  const narrow = width < wideFrom
  if (narrow)
    return [
      line(span(' before and after', 'strong')),
      ...document.samples.flatMap(each => [
        line('   ', span(each.before)),
        line('   ', span(each.after, 'ok'), span(`  ${rowTime(each.time)}`, 'muted')),
      ]),
    ]
  const drawn = table(
    [
      { title: 'before', gives: 'middle' },
      { title: 'after' },
      { title: 'time of the row (UTC)' },
      { title: '', rank: 1 },
    ],
    document.samples.map(each => [
      { text: each.before },
      { text: each.after, tone: 'ok' as const },
      { text: rowTime(each.time) },
      { text: `from ${each.from}`, tone: 'muted' as const },
    ]),
    width,
    3,
  )
  const head = width === unbounded ? line(span('before and after', 'strong')) : drawn.head
  return [head, ...drawnRows(drawn.rows)]
}
