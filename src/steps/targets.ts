/** The start: every target that was given, what it is, and what is due. Rows fill in as targets answer. */

import { dirname } from 'node:path'
import { choiceIndent, choiceRow } from '../ui/choice-row.ts'
import { count, counted, size, tilde } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, clip, type Line, line, paragraph, span, unbounded } from '../ui/line.ts'
import { eachRow, listOf } from '../ui/list.ts'
import { type TableCell, table } from '../ui/table.ts'
import { leadersOf, roundAbout } from '../wizard/across.ts'
import { inTheWholeOrder, toCome } from '../wizard/book.ts'
import { commandFor } from '../wizard/command-for.ts'
import { objectsOf } from '../wizard/consent.ts'
import { blockers, isMissing } from '../wizard/openings.ts'
import {
  documentOf,
  type Entry,
  nameOf,
  orderedEntries,
  type TargetsScreen,
  visibleEntries,
  type Wizard,
} from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import type { Tone } from '../wizard/theme.ts'
import { unfinishedOf, unfinishedText } from '../wizard/unfinished.ts'
import { comparingText, notCompared } from './between.ts'
import { spinner } from './common.ts'
import { systemLines } from './systems.ts'

const all = [
  { title: 'system', rank: 1 },
  { title: 'target', gives: 'middle' },
  { title: 'folder', gives: 'middle', rank: 4 },
  { title: 'engine', rank: 5 },
  { title: 'size', align: 'right', rank: 3 },
  { title: 'rows', align: 'right', rank: 2 },
  { title: 'state', gives: 'end' },
] as const

export function targetsBody(wizard: Wizard, screen: TargetsScreen, area: Area): readonly Line[] {
  if (wizard.entries.length === 0) return empty(wizard, area)
  const entries = visibleEntries(wizard, screen.filter)
  const narrow = area.width < wideFrom
  const named = wizard.entries.some(entry => entry.given.system !== undefined)
  const columns = all.filter(({ title }) =>
    title === 'system' ? named : !narrow || title === 'target' || title === 'state',
  )
  const drawn = table(
    columns,
    entries.map(entry => {
      const cells = row(wizard, entry, area.width)
      return columns.map(({ title }) => cells[title])
    }),
    area.width,
    choiceIndent,
  )
  const rows = eachRow(drawn.rows, (content, index) =>
    choiceRow(content, entries[index]!.selected ? symbols.on : symbols.off, index === screen.cursor),
  )
  const due = [...leftLines(wizard, area), ...dueLines(wizard, area), ...comparisonLines(wizard, area)]
  const filter = screen.filter.text !== '' || screen.filter.editing ? [filterLine(screen.filter)] : []
  const systems = systemLines(wizard.systems, area.width, Math.floor(area.height / 3))
  const height = area.height - due.length - filter.length - systems.length - 2
  const list = listOf(rows, screen.cursor, { width: area.width, height })
  const none = entries.length === 0 ? [line(span('   No target contains that text.', 'muted'))] : []
  return [...due, ...filter, blank, drawn.head, ...list, ...none, ...systems]
}

function row(wizard: Wizard, entry: Entry, width: number): Record<(typeof all)[number]['title'], TableCell> {
  const document = documentOf(entry)
  const rows = document?.tables.reduce((sum, each) => sum + each.rows, 0)
  const state = stateOf(wizard, entry, width)
  return {
    system: { text: entry.given.system ?? '' },
    target: { text: nameOf(wizard, entry.target) },
    folder: { text: tilde(dirname(entry.target)), tone: 'muted' },
    engine: { text: document?.engine ?? '' },
    size: { text: document === null ? '' : size(document.bytes) },
    rows: { text: rows === undefined ? '' : count(rows) },
    state,
  }
}

function stateOf(wizard: Wizard, entry: Entry, width: number): { text: string; tone: Tone } {
  const { detection } = entry
  switch (detection.is) {
    case 'waiting':
      return { text: 'waiting', tone: 'muted' }
    case 'reading': {
      // Read aloud it would be old before it is heard.
      const object = width === unbounded ? '' : (detection.progress.step?.object ?? '')
      return { text: `${spinner(wizard)} reading ${object}`.trimEnd(), tone: 'muted' }
    }
    case 'failed':
      if (isMissing(entry)) return { text: 'missing', tone: 'warning' }
      return { text: detection.failure.message, tone: 'danger' }
    case 'known':
      break
  }
  const { document } = detection
  const chosen = document.identities.filter(identity => identity.migrate).length
  const { refused, unanswered } = blockers(entry)
  // It blocks every other plan, and is what Enter goes on with.
  if (document.state === 'expanding') return { text: 'expanding, not at its end', tone: 'warning' }
  if (refused.length > 0) return { text: `blocked: ${refused[0]!.object}`, tone: 'danger' }
  if (unanswered.length > 0)
    return {
      text: `${count(chosen)} to go, ${count(objectsOf(unanswered).length)} to accept`,
      tone: 'warning',
    }
  const leaders = leadersOf(wizard, entry.target).map(leader => nameOf(wizard, leader))
  if (roundAbout(wizard, entry.target) !== null) return { text: 'blocked: ids of each other', tone: 'danger' }
  if (leaders.length > 0) return { text: followerText(chosen, leaders.join(', ')), tone: 'ok' }
  switch (document.state) {
    case 'empty':
      return { text: 'no tables yet', tone: 'warning' }
    case 'legacy':
      return { text: `ready, ${counted(chosen, 'identity', 'identities')}`, tone: 'ok' }
    case 'half':
      return { text: `half migrated, ${count(chosen)} to go`, tone: 'warning' }
    case 'expanded':
      return { text: 'expanded, both ids live', tone: 'plain' }
    case 'migrated':
      return { text: 'all ULIDs', tone: 'plain' }
    case 'none':
      return { text: 'no ids to migrate', tone: 'muted' }
  }
}

/** What a target is that takes ULIDs from others. */
function followerText(chosen: number, leaders: string): string {
  return chosen === 0
    ? `ready, after ${leaders}`
    : `ready, ${counted(chosen, 'identity', 'identities')}, after ${leaders}`
}

function comparisonLines(wizard: Wizard, area: Area): readonly Line[] {
  const isRead = wizard.entries.every(
    ({ detection }) => detection.is === 'known' || detection.is === 'failed',
  )
  const text = isRead ? comparingText(wizard) : null
  return text === null
    ? notCompared(wizard, area)
    : [clip(line(' ', span(spinner(wizard), 'accent'), span(` ${text}`, 'muted')), area.width)]
}

/** `2 of 5 done; a goes on with links.db and 2 more` */
function leftLines(wizard: Wizard, area: Area): readonly Line[] {
  const [next, ...others] = inTheWholeOrder(wizard, toCome(wizard))
  if (next === undefined) return []
  const { length } = wizard.book.pages
  const more = others.length === 0 ? '' : ` and ${count(others.length)} more`
  const text = `${count(length - others.length - 1)} of ${count(length)} done; a goes on with ${nameOf(wizard, next)}${more}`
  return paragraph(text, area.width - 1, 'strong', 1)
}

/** Unfinished runs, each with what Enter does; then what else is due. */
function dueLines(wizard: Wizard, area: Area): readonly Line[] {
  const told = orderedEntries(wizard).flatMap(entry => {
    const unfinished = unfinishedOf(entry)
    const texts = unfinished === null ? (entry.status?.due ?? []) : [unfinishedText(unfinished)]
    return texts.map(text => `${nameOf(wizard, entry.target)}: ${text}`)
  })
  const more = told.length - dueShown
  return [
    ...told.slice(0, dueShown),
    ...(more > 0 ? [`${count(more)} more due: ${commandFor(wizard, 'status')}`] : []),
  ].flatMap(text => paragraph(`${symbols.warning} ${text}`, area.width - 1, 'warning', 1))
}

const dueShown = 3

export function filterLine(filter: TargetsScreen['filter']): Line {
  return line(span(' filter ', 'muted'), filter.text, span(filter.editing ? symbols.cursor : '', 'accent'))
}

function empty(wizard: Wizard, area: Area): readonly Line[] {
  if (wizard.systems.length > 0)
    return [
      line(span(' There is no database to look at.', 'strong')),
      ...systemLines(wizard.systems, area.width, area.height - 1),
    ]
  return [
    line(span(' There is no database to look at.', 'strong')),
    blank,
    ...paragraph(
      'No target was named, so nothing was searched. Name one or more files:',
      area.width,
      'plain',
      1,
    ),
    line('   ulid-migrate path/to/metrics.db'),
    blank,
    ...paragraph(
      'To try it on something that may break, make small databases of every shape:',
      area.width,
      'plain',
      1,
    ),
    line('   ulid-migrate demo ./demo'),
  ]
}
