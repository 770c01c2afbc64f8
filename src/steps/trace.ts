/** One id as a tree (system, target, row, who refers to it) and a time line; and which targets could not be asked. */
import { basename } from 'node:path'
import type { NearIdentity, RelatedRow, Trace, TracedReference, TracedRow } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { factLines } from '../ui/facts.ts'
import { count, counted, duration, offset, rowTime, tilde } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, shorten, span, unbounded } from '../ui/line.ts'
import { drawnRows, listOf } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import { samplesOf } from '../wizard/followers.ts'
import type { Traced, TraceScreen, Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { holderName, type TracedSystem, traceTree } from '../wizard/trace-tree.ts'
import { busy, columnName } from './common.ts'

export function traceBody(wizard: Wizard, screen: TraceScreen, area: Area): readonly Line[] {
  const { stage } = screen
  switch (stage.is) {
    case 'typing':
      return [
        line(span(' A ULID, or an id of before:', 'strong')),
        line(
          '   > ',
          span(shorten(stage.typed, Math.max(4, area.width - 8), 'middle'), 'strong'),
          span(symbols.cursor, 'accent'),
        ),
        blank,
        ...paragraph(
          'It is looked for in the targets at hand and in those of earlier runs: those that are migrated know both ids of each row, what refers to it, and what was made at that time. Only reads.',
          area.width,
          'muted',
          1,
        ),
        blank,
        ...wizard.entries.flatMap(({ target }) => paragraph(tilde(target), area.width, 'muted', 3)),
      ]
    case 'looking':
      return [busy(wizard, `Looking for ${stage.id}`, stage.work.progress.startedAt)]
    case 'failed':
      return messageBlock(
        stage.work.failure,
        area.width,
        'Nothing was changed. Enter tries again, Esc goes back.',
      )
    case 'found':
      return found(stage, screen.trail, area)
  }
}

function found({ trace, cursor }: Traced, trail: readonly Traced[], area: Area): readonly Line[] {
  const { width } = area
  const way = trail.map(each => each.trace.id).join(' > ')
  const drawn: Drawn = { lines: [], focus: 0, at: 0, cursor, width }
  drawn.lines.push(
    ...(way === '' ? [] : [line(span(` ${shorten(`from ${way}`, width - 2, 'middle')}`, 'muted'))]),
    line(
      ' ',
      span(trace.id, 'strong'),
      span(trace.time === null ? '' : `   of ${rowTime(trace.time)} UTC`, 'muted'),
    ),
  )
  if (trace.found.length === 0 && trace.references.length === 0) drawn.lines.push(...nowhere(trace, width))
  for (const system of traceTree(trace)) drawSystem(drawn, system)
  drawTimeLine(drawn, trace)
  const unread = trace.targets.flatMap(({ error }) => (error === null ? [] : messageBlock(error, width)))
  drawn.lines.push(...(unread.length > 0 ? [blank] : []), ...unread, ...searched(trace, width))
  return listOf(drawn.lines, cursor === 0 ? 0 : drawn.focus, area)
}

/** A list under way: what Enter can follow is counted as it is drawn, and the line of the cursor is noted. */
interface Drawn {
  readonly lines: Line[]
  focus: number
  at: number
  readonly cursor: number
  readonly width: number
}

/** Below this, one fact a line. */
const SIDE_BY_SIDE = 64

/** Adds lines of which the first has the cursor in front of it, where it is its turn. */
function addFollower(drawn: Drawn, lines: readonly Line[]): void {
  const [first = blank, ...more] = lines
  const isHere = drawn.at === drawn.cursor
  if (isHere) drawn.focus = drawn.lines.length
  drawn.lines.push([span(isHere ? ` ${symbols.pointer} ` : '   ', 'accent'), ...first], ...more)
  drawn.at += 1
}

function drawSystem(drawn: Drawn, { system, targets }: TracedSystem): void {
  drawn.lines.push(blank, line(' ', span(system ?? 'of no known system', 'strong')))
  for (const { target, rows, others } of targets) {
    drawn.lines.push(...paragraph(tilde(target), drawn.width, 'muted', 3))
    for (const { row, references } of rows) {
      drawn.lines.push(...rowLines(row, drawn.width))
      if (references.length > 0) drawReferences(drawn, 'referred to by', references)
    }
    if (others.length > 0) drawReferences(drawn, 'refers to it', others)
  }
}

function nowhere(trace: Trace, width: number): readonly Line[] {
  const text = 'No migrated identity knows it, neither as a ULID nor as an id of before.'
  const unread = trace.targets.some(({ error }) => error !== null)
  return [
    line(span(` ${symbols.warning} Not found.`, 'warning')),
    ...paragraph(unread ? `${text} Not all could be asked: see below.` : text, width, 'plain', 3),
  ]
}

function rowLines(row: TracedRow, width: number): readonly Line[] {
  const named = row.row === null ? 'names no row; others refer to it, or did' : `row ${row.row}`
  return [
    line(
      '   ',
      span(row.row === null ? symbols.warning : symbols.done, row.row === null ? 'warning' : 'ok'),
      span(` ${columnName(row)}`, 'strong'),
      `  ${named}`,
    ),
    ...factLines(
      [
        [
          'ULID',
          row.ulid === null
            ? 'none'
            : `${row.ulid}${row.time === null ? '' : ` of ${rowTime(row.time)} UTC`}`,
        ],
        ['legacy id', row.legacy ?? 'none'],
        ...row.inShort.map(({ column, value }) => [column, value] as const),
      ],
      width,
      5,
    ),
  ]
}

/** One line a referring row; its reference is said at the first of them. */
function drawReferences(drawn: Drawn, title: string, references: readonly TracedReference[]): void {
  const { width } = drawn
  const followers = references.flatMap(samplesOf)
  if (width < SIDE_BY_SIDE) {
    drawn.lines.push(line('     ', span(title, 'muted')))
    for (const { reference, first, row, id } of followers) {
      if (first)
        drawn.lines.push(
          ...paragraph(holderName(reference), width, 'plain', 5),
          line('       ', counted(reference.rows, 'row')),
          ...asides(reference).flatMap(aside => paragraph(aside, width, 'muted', 7)),
        )
      addFollower(drawn, [
        line('    ', `row ${row}`),
        ...(id === null ? [] : [line('         ', span(id, 'muted'))]),
      ])
    }
    return
  }
  const { head, rows } = table(
    [
      { title, gives: 'middle' },
      { title: 'rows', align: 'right', rank: 1 },
      { title: 'row', gives: 'middle' },
      { title: 'its own ULID' },
    ],
    followers.map(({ reference, first, row, id }) => [
      { text: first ? holderName(reference) : '' },
      { text: first ? count(reference.rows) : '' },
      { text: row },
      id === null ? { text: '-', tone: 'muted' as const } : { text: id },
    ]),
    width,
    5,
  )
  drawn.lines.push(width === unbounded ? line(title) : head)
  for (const content of drawnRows(rows)) addFollower(drawn, [line('  ', ...content.slice(1))])
  for (const reference of references)
    if (asides(reference).length > 0)
      drawn.lines.push(
        ...paragraph(`${holderName(reference)}: ${asides(reference).join('; ')}`, width, 'muted', 5),
      )
}

/** What is not as one expects of a reference. */
function asides({ target, toTarget, to, scanned }: TracedReference): readonly string[] {
  return [
    ...(target === toTarget ? [] : [`to ${to} in ${basename(toTarget)}`]),
    ...(scanned ? ['no index: all was read'] : []),
  ]
}

/** What is near in time, in its order; the distance is that to the id's own time. */
function drawTimeLine(drawn: Drawn, { near, related }: Trace): void {
  const { width } = drawn
  if (near.ulid === null) return
  const window = `within ${duration(near.seconds)} of ${near.ulid}`
  drawn.lines.push(blank)
  if (related.length === 0) {
    drawn.lines.push(...paragraph(`Nothing else ${window}.`, width, 'muted', 1))
    return
  }
  drawn.lines.push(...paragraph(window, width, 'strong', 1))
  if (width < SIDE_BY_SIDE) for (const each of related) addFollower(drawn, momentLines(each, width))
  else {
    const { rows } = table(
      [
        { title: '', align: 'right' },
        { title: '', gives: 'middle' },
        { title: 'row', gives: 'middle' },
        { title: '' },
        { title: 'in', rank: 1, gives: 'middle' },
      ],
      related.map(each => [
        { text: offset(each.offset) },
        { text: columnName(each) },
        { text: each.row ?? '-' },
        { text: each.ulid },
        { text: whereabouts(each), tone: 'muted' as const },
      ]),
      width,
      3,
    )
    for (const content of drawnRows(rows)) addFollower(drawn, [content.slice(1)])
  }
  for (const each of near.identities)
    if (each.rows === null || each.rows > each.shown)
      drawn.lines.push(...paragraph(moreWords(each), width, 'muted', 3))
}

function momentLines(each: RelatedRow, width: number): readonly Line[] {
  return [
    line(span(offset(each.offset), 'strong')),
    ...paragraph(`${columnName(each)} row ${each.row ?? '-'}`, width, 'plain', 5),
    ...paragraph(each.ulid, width, 'plain', 5),
    ...paragraph(whereabouts(each), width, 'muted', 5),
  ]
}

function whereabouts({ system, target }: RelatedRow): string {
  return system === null ? basename(target) : `${system}, ${basename(target)}`
}

function moreWords({ target, rows, more, shown, ...place }: NearIdentity): string {
  const name = `${columnName(place)} in ${basename(target)}`
  return rows === null
    ? `${name}: no index on its ULIDs, so nothing was looked for`
    : `${name}: and ${more ? 'at least ' : ''}${count(rows - shown)} more`
}

function searched({ targets }: Trace, width: number): readonly Line[] {
  const asked = targets.filter(({ error }) => error === null)
  const identities = asked.reduce((sum, each) => sum + each.identities, 0)
  const keys = asked.reduce((sum, each) => sum + each.keys, 0)
  const never = asked.filter(({ migrated }) => !migrated).length
  const words = [
    `Asked ${counted(asked.length, 'target')}, ${counted(identities, 'migrated identity', 'migrated identities')}`,
    ...(keys === 0 ? [] : [counted(keys, 'other key')]),
    ...(never === 0 ? [] : [`${counted(never, 'target')} never migrated`]),
    ...(asked.length < targets.length
      ? [`${counted(targets.length - asked.length, 'target')} could not be asked`]
      : []),
  ]
  const readThrough = asked.flatMap(each => each.readThrough)
  return [
    blank,
    ...paragraph(`${words.join('; ')}.`, width, 'muted', 1),
    ...(readThrough.length === 0
      ? []
      : paragraph(`Read as a whole, for want of an index: ${readThrough.join(', ')}.`, width, 'muted', 1)),
  ]
}
