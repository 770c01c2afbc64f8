/** Making the tables of a database that has none. What will be done stands there before anything is. */

import { announce, type System } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { factLines } from '../ui/facts.ts'
import { tilde } from '../ui/format.ts'
import { type Area, blank, clip, type Line, line, paragraph, span } from '../ui/line.ts'
import type { Progress } from '../wizard/progress.ts'
import { documentOf, entryOf, type InitializeScreen, type Wizard, type Working } from '../wizard/state.ts'
import { busy } from './common.ts'
import { logLines } from './running.ts'

export function initializeBody(wizard: Wizard, screen: InitializeScreen, area: Area): readonly Line[] {
  const { target } = screen.journey
  const { owner } = entryOf(wizard, target).given
  const { work } = screen
  const byCommand = screen.how === 'command'
  switch (work.is) {
    case 'asked':
      return askedLines(wizard, target, owner?.initialize ? owner : null, area)
    case 'working': {
      const what = byCommand
        ? `${owner?.title ?? 'Its system'} is making its tables`
        : `Making the tables of ${tilde(target)}`
      return [
        busy(wizard, stopping(work.stopping, byCommand) ?? what, work.progress.startedAt),
        blank,
        ...(byCommand ? commandLines(work, area) : logLines(work.progress, area.width).slice(-10)),
      ]
    }
    case 'failed': {
      // What the command printed last is in the failure itself.
      const state = byCommand ? '' : 'No tables were made.'
      return [
        ...messageBlock(work.failure, area.width, state),
        blank,
        ...(work.progress && !byCommand ? logLines(work.progress, area.width).slice(-10) : []),
      ]
    }
  }
}

function askedLines(wizard: Wizard, target: string, system: System | null, area: Area): readonly Line[] {
  const found = documentOf(entryOf(wizard, target))?.findings ?? []
  return [
    ...(system === null
      ? paragraph(
          'This makes the tables of a system that is known, in a database that has none.',
          area.width,
          'strong',
          1,
        )
      : [
          line(span(` c runs the own command of ${system.title}, and nothing else:`, 'strong')),
          blank,
          ...factLines(announce(system, target), area.width),
          blank,
          line(span(' Enter makes the known schema in its place:', 'strong')),
        ]),
    blank,
    ...factLines(
      [
        ['database', tilde(target)],
        ['makes', 'its tables, indexes and triggers, in one transaction; no rows'],
        ['schema', 'the one known for a database of this name'],
        ['the same, by hand', `ulid-migrate initialize ${target}`],
      ],
      area.width,
    ),
    blank,
    ...found.flatMap(finding => paragraph(finding.why, area.width, 'muted', 3)),
    ...paragraph('Afterwards detect runs again by itself.', area.width, 'muted', 3),
  ]
}

/** The tables as they come, and below them what the command printed last. */
function commandLines({ progress }: Working, area: Area): readonly Line[] {
  const made = madeLines(progress, area)
  const room = Math.max(0, area.height - made.length - 3)
  const output = room === 0 ? [] : progress.output.slice(-room)
  return [...made, blank, ...output.map(text => clip(line(span(` | ${text}`, 'muted')), area.width))]
}

function madeLines({ made }: Progress, area: Area): readonly Line[] {
  if (made === null) return paragraph('No tables yet.', area.width, 'plain', 3)
  const { database, tables, missing } = made
  return factLines(
    [
      ['database', tilde(database)],
      ['tables', tables.join(', ')],
      [
        'still missing',
        missing.length === 0 ? 'none: it is ended once they stay as they are' : missing.join(', '),
      ],
    ],
    area.width,
  )
}

function stopping(asked: Working['stopping'], byCommand: boolean): string | null {
  switch (asked) {
    case 'no':
      return null
    case 'asked':
      return byCommand
        ? 'Ending it and all that it started. Ctrl-C again kills the engine.'
        : 'Stopping at the next step. Ctrl-C again kills the engine.'
    case 'killed':
      return 'The engine is being killed.'
  }
}
