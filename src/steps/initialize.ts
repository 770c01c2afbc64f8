/** Making the schema of a database that has none. What will be done stands there before anything is. */

import { messageBlock } from '../ui/error-block.ts'
import { factLines } from '../ui/facts.ts'
import { tilde } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { documentOf, entryOf, type InitializeScreen, type Wizard } from '../wizard/state.ts'
import { busy } from './common.ts'
import { logLines } from './running.ts'

export function initializeBody(wizard: Wizard, screen: InitializeScreen, area: Area): readonly Line[] {
  const { target } = screen.journey
  const { work } = screen
  switch (work.is) {
    case 'asked': {
      const found = documentOf(entryOf(wizard, target))?.findings ?? []
      return [
        line(
          span(' This makes the tables of a system that is known, in a database that has none.', 'strong'),
        ),
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
    case 'working':
      return [
        busy(
          wizard,
          stopping(work.stopping) ?? `Making the tables of ${tilde(target)}`,
          work.progress.startedAt,
        ),
        blank,
        ...logLines(work.progress, area.width).slice(-10),
      ]
    case 'failed':
      return [
        ...messageBlock(work.failure, area.width, 'No tables were made: the database is as it was.'),
        blank,
        ...(work.progress ? logLines(work.progress, area.width).slice(-10) : []),
      ]
  }
}

function stopping(asked: 'no' | 'asked' | 'killed'): string | null {
  switch (asked) {
    case 'no':
      return null
    case 'asked':
      return 'Stopping at the next step. Ctrl-C again kills the engine.'
    case 'killed':
      return 'The engine is being killed.'
  }
}
