/** The end of the way: what was done to each target, and what to run next. */
import { type Area, blank, type Line, line, paragraph, span, textOf } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { applicationOf, pageOf, systemOf } from '../wizard/book.ts'
import { type DoneScreen, type Entry, nameOf, type Wizard } from '../wizard/state.ts'
import type { Tone } from '../wizard/theme.ts'
import { summaryLines } from './summary.ts'

export function doneBody(wizard: Wizard, screen: DoneScreen, area: Area): readonly Line[] {
  const touched = new Set(wizard.deeds.map(deed => deed.target))
  const untouched = wizard.entries.filter(entry => !touched.has(entry.target))
  const skipped = untouched.filter(entry => pageOf(wizard, entry.target)?.status === 'skipped')
  const left = untouched.filter(entry => pageOf(wizard, entry.target)?.status === 'waiting')
  const others = untouched.filter(entry => !skipped.includes(entry) && !left.includes(entry))
  const listed = (what: string, entries: readonly Entry[], tone: Tone) =>
    entries.length === 0
      ? []
      : paragraph(
          `${what}: ${entries.map(entry => nameOf(wizard, entry.target)).join(', ')}`,
          area.width,
          tone,
          3,
        )
  const lines = [
    line(span(wizard.deeds.length === 0 ? ' Nothing was done.' : ' Done.', 'strong')),
    blank,
    ...summaryLines(wizard).flatMap(content =>
      paragraph(textOf(content), area.width, content[0]?.tone ?? 'plain', 3),
    ),
    blank,
    ...listed('Still to come', left, 'strong'),
    ...listed('Left out', skipped, 'plain'),
    ...listed('Not changed', others, 'muted'),
    ...nextLines(wizard, area.width),
  ]
  return scrolled(lines, screen.scroll, area)
}

/** What is left to the operator: tests, dates to wait for, and how to look at what came of it. */
function nextLines(wizard: Wizard, width: number): readonly Line[] {
  const { done } = wizard.book
  const steps = [
    ...(done.some(target => isUntested(wizard, target))
      ? ['run the tests of the programs that use these databases']
      : []),
    ...done.flatMap(target =>
      (pageOf(wizard, target)?.due ?? []).map(due => `${nameOf(wizard, target)}: ${due}`),
    ),
  ]
  if (steps.length === 0) return []
  return [line(span('   Next:', 'strong')), ...steps.flatMap(text => paragraph(text, width, 'plain', 5))]
}

function isUntested(wizard: Wizard, target: string): boolean {
  const system = systemOf(wizard, target)
  return system === null || (applicationOf(wizard, system)?.tests ?? null) === null
}
