/** The end of the way: what was done to each target, and what to run next. */

import { basename } from 'node:path'
import { counted } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span, textOf } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { applicationOf, pageOf, systemOf, toCome } from '../wizard/book.ts'
import { commandFor } from '../wizard/command-for.ts'
import { type DoneScreen, type Entry, nameOf, type Wizard } from '../wizard/state.ts'
import type { Tone } from '../wizard/theme.ts'
import { oldIdsText } from './common.ts'
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
    ...listed('Still to come', left, 'strong'),
    ...listed('Left out', skipped, 'plain'),
    ...summaryLines(wizard, 'below').flatMap(content =>
      paragraph(textOf(content), area.width, content[0]?.tone ?? 'plain', 3),
    ),
    ...listed('Not changed', others, 'muted'),
    blank,
    ...nextLines(wizard, area.width),
  ]
  return scrolled(lines, screen.scroll, area)
}

interface NextStep {
  readonly what: string
  /** Whole, to be copied. */
  readonly command?: string
}

/** What is left to the operator. */
function nextLines(wizard: Wizard, width: number): readonly Line[] {
  const { done } = wizard.book
  const systems = [...new Set(done.flatMap(target => systemOf(wizard, target)?.name ?? []))]
  const steps = [
    ...done.flatMap(target => proofSteps(wizard, target)),
    ...restSteps(wizard),
    ...systems.flatMap(name => oldIdsText(wizard, name) ?? []).map(what => ({ what })),
    ...(done.some(target => isUntested(wizard, target))
      ? [{ what: 'run the tests of the programs that use these databases' }]
      : []),
    ...done.flatMap(target => laterSteps(wizard, target)),
  ]
  if (steps.length === 0) return []
  return [line(span('   Next:', 'strong')), ...steps.flatMap(step => stepLines(step, width))]
}

/** A command that would be broken has lines of its own. */
function stepLines({ what, command }: NextStep, width: number): readonly Line[] {
  if (command === undefined) return paragraph(what, width, 'plain', 5)
  const together = paragraph(`${what}: ${command}`, width, 'plain', 5)
  if (together.length === 1) return together
  return [...paragraph(`${what}:`, width, 'plain', 5), ...paragraph(command, width, 'plain', 7)]
}

/** What was committed and is not proved comes before anything else. */
function proofSteps(wizard: Wizard, target: string): readonly NextStep[] {
  if (pageOf(wizard, target)?.status !== 'failed') return []
  const name = nameOf(wizard, target)
  return [
    { what: `${name}, see what failed`, command: commandFor(wizard, 'verify', target) },
    { what: `${name}, or take it back`, command: commandFor(wizard, 'rollback', target, '--yes') },
  ]
}

/** What the journey did not come to. */
function restSteps(wizard: Wizard): readonly NextStep[] {
  const left = toCome(wizard)
  if (left.length === 0) return []
  const owners = left.map(target => systemOf(wizard, target)?.name)
  const names = owners.flatMap(name => name ?? [])
  const command =
    names.length === left.length
      ? commandFor(wizard, 'run', ...new Set(names))
      : commandFor(wizard, 'migrate', ...left)
  return [{ what: `${counted(left.length, 'target')} still to come`, command }]
}

/** What waits for a date, or until the programs have shown that all is well. */
function laterSteps(wizard: Wizard, target: string): readonly NextStep[] {
  const page = pageOf(wizard, target)
  if (page === null || page.status !== 'migrated') return []
  const name = nameOf(wizard, target)
  const due = page.due.map(each => ({ what: `${name}: ${each}` }))
  if (page.strategy !== 'replace') return due
  const confirmed = commandFor(wizard, 'finalize', target, '--confirm', basename(target))
  return [
    ...due,
    { what: `${name}, once its programs have written to it`, command: commandFor(wizard, 'verify', target) },
    { what: `${name}, when nobody needs the way back any more`, command: confirmed },
  ]
}

function isUntested(wizard: Wizard, target: string): boolean {
  const system = systemOf(wizard, target)
  return system === null || (applicationOf(wizard, system)?.tests ?? null) === null
}
