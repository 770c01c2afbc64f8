/** One id: the time inside it, the row that it names, who refers to that, and which targets could not be asked. */
import { basename } from 'node:path'
import type { Trace, TracedRow } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { factLines } from '../ui/facts.ts'
import { count, counted, rowTime, tilde } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, shorten, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import { followersOf } from '../wizard/followers.ts'
import type { Traced, TraceScreen, Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
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
          'It is looked for in the targets at hand and in those of earlier runs: those that are migrated know both ids of each row. Only reads.',
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
  const head = [
    ...(way === '' ? [] : [line(span(` ${shorten(`from ${way}`, width - 2, 'middle')}`, 'muted'))]),
    line(
      ' ',
      span(trace.id, 'strong'),
      span(trace.time === null ? '' : `   of ${rowTime(trace.time)} UTC`, 'muted'),
    ),
    ...(trace.found.length === 0 ? nowhere(trace, width) : trace.found.flatMap(row => rowLines(row, width))),
    blank,
  ]
  const followers = followerTable(trace, cursor, width)
  const unread = trace.targets.flatMap(({ error }) => (error === null ? [] : messageBlock(error, width)))
  const after = [...(unread.length > 0 ? [blank] : []), ...unread, ...searched(trace, width)]
  const focus = head.length + (followers.length > 0 ? 1 + cursor : 0)
  return listOf([...head, ...followers, ...after], cursor === 0 ? 0 : focus, area)
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
      ' ',
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
        ['in', [row.system, tilde(row.target)].filter(Boolean).join(': ')],
      ],
      width,
    ),
  ]
}

/** One line a referring row; its reference is said at the first of them. */
function followerTable(trace: Trace, cursor: number, width: number): readonly Line[] {
  const followers = followersOf(trace)
  if (followers.length === 0)
    return trace.found.length === 0 ? [] : [line(span('   Nothing refers to it.', 'muted'))]
  const several = new Set(trace.references.map(({ target }) => target)).size > 1
  const drawn = table(
    [
      { title: 'referred to by', gives: 'middle' },
      { title: 'rows', align: 'right', rank: 1 },
      { title: 'row', gives: 'middle' },
      { title: 'its own ULID' },
    ],
    followers.map(({ reference, first, row, id }) => [
      {
        text: first ? `${columnName(reference)}${several ? ` in ${basename(reference.target)}` : ''}` : '',
      },
      { text: first ? count(reference.rows) : '' },
      { text: row },
      id === null ? { text: '-', tone: 'muted' as const } : { text: id },
    ]),
    width,
    3,
  )
  return [
    drawn.head,
    ...drawn.rows.map((content, at) => [
      span(at === cursor ? ` ${symbols.pointer} ` : '   ', 'accent'),
      ...content.slice(1),
    ]),
  ]
}

function searched({ targets }: Trace, width: number): readonly Line[] {
  const asked = targets.filter(({ error }) => error === null)
  const identities = asked.reduce((sum, each) => sum + each.identities, 0)
  const text = `Asked ${counted(asked.length, 'target')}, ${counted(identities, 'migrated identity', 'migrated identities')}${
    asked.length < targets.length
      ? `; ${counted(targets.length - asked.length, 'target')} could not be asked`
      : ''
  }.`
  return [blank, ...paragraph(text, width, 'muted', 1)]
}
