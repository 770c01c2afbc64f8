/** The end of the way: what was done to each target, and what to run next. */
import { type Area, blank, type Line, line, paragraph, span, textOf } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { type DoneScreen, nameOf, type Wizard } from '../wizard/state.ts'
import { summaryLines } from './summary.ts'

export function doneBody(wizard: Wizard, screen: DoneScreen, area: Area): readonly Line[] {
  const touched = new Set(wizard.deeds.map(deed => deed.target))
  const untouched = wizard.entries.filter(entry => !touched.has(entry.target))
  const lines = [
    line(span(wizard.deeds.length === 0 ? ' Nothing was done.' : ' Done.', 'strong')),
    blank,
    ...summaryLines(wizard).flatMap(content =>
      paragraph(textOf(content), area.width, content[0]?.tone ?? 'plain', 3),
    ),
    blank,
    ...(untouched.length > 0
      ? paragraph(
          `Not changed: ${untouched.map(entry => nameOf(wizard, entry.target)).join(', ')}`,
          area.width,
          'muted',
          3,
        )
      : []),
    ...(wizard.deeds.some(deed => deed.did === 'migrated')
      ? paragraph('Next: run the tests of the programs that use these databases.', area.width, 'plain', 3)
      : []),
  ]
  return scrolled(lines, screen.scroll, area)
}
