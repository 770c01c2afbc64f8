/** Taking back what was migrated here: the list before anything is done, and each as it comes back. */
import { messageBlock } from '../ui/error-block.ts'
import { count, counted, tilde } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { drawnRows } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import { pageOf } from '../wizard/book.ts'
import { nameOf, type TakeBackScreen, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { verdict } from './common.ts'
import { runningLines } from './running.ts'

export function takeBackBody(wizard: Wizard, screen: TakeBackScreen, area: Area): readonly Line[] {
  const { stage, targets } = screen
  const taken = takenLines(wizard, screen, area)
  switch (stage.is) {
    case 'asking':
      return [
        ...paragraph(question(targets.length), area.width, 'strong', 1),
        blank,
        ...listed(wizard, targets, area, area.height - 6),
        blank,
        ...paragraph(
          'Undo brings the old ids back and keeps every row written since; each is proved before the next begins.',
          area.width,
          'plain',
          1,
        ),
        ...paragraph('y or Enter starts, Esc goes back.', area.width, 'plain', 1),
      ]
    case 'running': {
      const [target = ''] = targets
      const note = paragraph(
        `${nameOf(wizard, target)}: one transaction; until its commit the file stays migrated. Ctrl-C leaves it so.`,
        area.width,
        'muted',
        1,
      )
      const head = [...taken, ...note, blank]
      const rest = { width: area.width, height: Math.max(0, area.height - head.length) }
      return [...head, ...runningLines(wizard, stage.work, [], false, rest)]
    }
    case 'failed':
      return [
        ...taken,
        ...messageBlock(stage.work.failure, area.width, 'What was not finished was rolled back.'),
        blank,
        ...leftLines(wizard, targets, area),
      ]
    case 'ended':
      return [...taken, blank, ...leftLines(wizard, targets, area)]
  }
}

function question(many: number): string {
  return many === 1 ? 'Take this one back?' : `Take these ${many} back, in this order, the newest first?`
}

const columns = [
  { title: '', gives: 'middle' },
  { title: '', align: 'right' },
  { title: '', gives: 'middle', rank: 1 },
] as const

function listed(wizard: Wizard, targets: readonly string[], area: Area, most: number): readonly Line[] {
  const rows = targets.map((target, index) => [
    { text: `${index + 1}. ${nameOf(wizard, target)}` },
    { text: counted(pageOf(wizard, target)?.identifiers ?? 0, 'id') },
    { text: tilde(target), tone: 'muted' as const },
  ])
  const lines = drawnRows(table(columns, rows, area.width, 3).rows)
  if (lines.length <= most) return lines
  const room = Math.max(0, most - 1)
  return [...lines.slice(0, room), line(span(`   and ${count(lines.length - room)} more`, 'muted'))]
}

function takenLines(wizard: Wizard, { taken }: TakeBackScreen, area: Area): readonly Line[] {
  return taken.flatMap(({ target, rowsKept, proof }) =>
    paragraph(
      `${proof.ok ? symbols.done : symbols.bad} The old ids are back in ${nameOf(wizard, target)}, ${counted(rowsKept, 'row')} written since kept; proof ${verdict(proof)}`,
      area.width,
      proof.ok ? 'ok' : 'danger',
      1,
    ),
  )
}

function leftLines(wizard: Wizard, targets: readonly string[], area: Area): readonly Line[] {
  if (targets.length === 0) return []
  const names = targets.map(target => nameOf(wizard, target)).join(', ')
  return paragraph(`Still migrated: ${names}`, area.width, 'warning', 1)
}
