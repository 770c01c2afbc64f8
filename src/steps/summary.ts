/** What was done, said once more: on the last screen, and on the main screen when the wizard has closed. */

import type { Criterion, Failure } from '../core/index.ts'
import { count, counted, tilde } from '../ui/format.ts'
import { type Line, line, span } from '../ui/line.ts'
import { applicationOf, systemOf } from '../wizard/book.ts'
import { commandFor } from '../wizard/command-for.ts'
import { liveRun } from '../wizard/moves/leaving.ts'
import { applicationProblems, isUnkept } from '../wizard/openings.ts'
import { checklist } from '../wizard/report.ts'
import { type Deed, nameOf, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { oldIdsText, verdict, whatAreUlids } from './common.ts'

const limit = 12
/** What was done keeps as many lines, whatever else there is to say. */
const least = 5

/**
 * What was done, and which choices are gone with the wizard: at most twelve lines.
 *
 * @param source where what is due in source code is told
 */
export function summaryLines(wizard: Wizard, source: 'here' | 'below' = 'here'): readonly Line[] {
  const after = [
    ...unheardLines(wizard),
    ...(source === 'here' ? sourceLines(wizard) : []),
    ...applicationLines(wizard),
    ...reportLines(wizard),
    ...choicesLines(wizard),
  ]
  const deeds = deedsLines(wizard, Math.max(least, limit - after.length))
  return atMost([...deeds, ...after], limit)
}

/** A run whose end is not known is not nothing: it may have been committed. */
function unheardLines(wizard: Wizard): readonly Line[] {
  const run = liveRun(wizard.screen)
  if (run === null) return []
  const next = commandFor(wizard, 'status', run.target)
  return [
    line(
      span(`${symbols.warning} `, 'warning'),
      `${nameOf(wizard, run.target)}: the engine was ended before it said how far it is.`,
    ),
    line('  why   Without its commit everything is taken back when the file is next opened.'),
    ...nextOf(next),
  ]
}

function choicesLines(wizard: Wizard): readonly Line[] {
  const lost = wizard.entries.filter(isUnkept)
  const unasked = lost.filter(entry => entry.notKept === null)
  const names = unasked.map(entry => nameOf(wizard, entry.target)).join(', ')
  return [
    ...(unasked.length === 0
      ? []
      : [
          line(
            `Choices were not kept for ${names}: next time, w in detect writes them into the config file.`,
          ),
        ]),
    ...lost.flatMap(entry =>
      entry.notKept === null ? [] : notKeptLines(wizard, entry.target, entry.notKept),
    ),
  ]
}

/** The first lines, and how many more there would be. */
function atMost(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most) return lines
  return [
    ...lines.slice(0, most - 1),
    line(`and ${count(lines.length - most + 1)} more: ulid-migrate status`),
  ]
}

/** A database with ULIDs whose programs go on making old ids is not done yet. */
function sourceLines(wizard: Wizard): readonly Line[] {
  const migrated = wizard.deeds.filter(deed => deed.did === 'migrated' && !undoneLater(wizard, deed))
  const names = migrated.flatMap(deed => {
    const owner = systemOf(wizard, deed.target)
    return owner === null ? [] : [owner.name]
  })
  return [...new Set(names)].flatMap(name => {
    const words = oldIdsText(wizard, name)
    return words === null ? [] : [line(span(`${symbols.warning} `, 'warning'), words)]
  })
}

/** What queries and tests say of each system. */
function applicationLines(wizard: Wizard): readonly Line[] {
  const { done } = wizard.book
  const systems = done.flatMap(target => systemOf(wizard, target) ?? [])
  const once = systems.filter((system, at) => systems.findIndex(each => each.name === system.name) === at)
  return once.flatMap(system => {
    const known = applicationOf(wizard, system)
    if (known?.was !== 'proved') return []
    const tests = known.tests === null ? '' : `, its own tests ${known.tests.status}`
    return applicationProblems(wizard, system)
      ? [bad(`${system.title}: not as it was${tests}`)]
      : [good(`${system.title}: as it was${tests}`)]
  })
}

/** Where the report lies, and what it says of that which the documents of the systems ask for. */
function reportLines(wizard: Wizard): readonly Line[] {
  const { report } = wizard
  if (report === null) return []
  if ('why' in report) return [bad(`The report could not be written: ${report.why}`)]
  const criteria = checklist(wizard)
  const many = (verdict: Criterion['verdict']) =>
    count(criteria.filter(each => each.verdict === verdict).length)
  return [
    line(
      `Checklist: ${many('proved')} proved, ${many('failed')} failed, ${many('not-applicable')} not applicable`,
    ),
    ...criteria.filter(each => each.verdict === 'failed').map(each => bad(each.criterion)),
    line(`Report: ${tilde(report.file)}`),
  ]
}

/** On the main screen there is room for what has to be pasted, and it can be copied. */
function notKeptLines(
  wizard: Wizard,
  target: string,
  { object, message, why, next }: Failure,
): readonly Line[] {
  return [
    bad(`${nameOf(wizard, target)}: ${message}`),
    line(`  why   ${tilde(object)}: ${why.split('\n')[0] ?? ''}`),
    ...nextOf(next),
  ]
}

/** Nothing done is said as such: success is never claimed for work that was not done. */
function deedsLines(wizard: Wizard, most: number): readonly Line[] {
  if (wizard.deeds.length === 0 && liveRun(wizard.screen) !== null) return []
  if (wizard.deeds.length === 0) return [line('Nothing was changed.')]
  const blocks = wizard.deeds.map(deed => deedLines(wizard, deed))
  const all = blocks.flat()
  if (all.length <= most) return all
  // With many targets each keeps its first line; what did not work keeps all of its own.
  const short = blocks.flatMap((block, index) => (isGood(wizard.deeds[index]!) ? block.slice(0, 1) : block))
  return atMost(short, most)
}

function isGood(deed: Deed): boolean {
  return (
    (deed.did === 'migrated' && deed.proof.ok) ||
    deed.did === 'initialized' ||
    deed.did === 'rolled-back' ||
    (deed.did === 'code-put-back' && deed.document.left.length === 0)
  )
}

function deedLines(wizard: Wizard, deed: Deed): readonly Line[] {
  const name = nameOf(wizard, deed.target)
  switch (deed.did) {
    case 'initialized':
      return [good(`${name}: ${counted(deed.tables, 'table')} made`)]
    case 'migrated': {
      const { migrated, proof } = deed
      if (migrated.status === 'nothing-to-do') return [good(`${name}: nothing to do, not changed`)]
      const what = `${name}: ${whatAreUlids(migrated)} are ULIDs`
      return [
        proof.ok ? good(what) : bad(what),
        line(`  proof     ${verdict(proof)} checks, by a process that did not write it`),
        ...(migrated.snapshot === '' ? [] : [line(`  snapshot  ${tilde(migrated.snapshot)}`)]),
        ...(undoneLater(wizard, deed)
          ? []
          : [line(`  way back  ${commandFor(wizard, 'rollback', deed.target)}`)]),
      ]
    }
    case 'rolled-back': {
      const { document } = deed
      const what = document.mode === 'undo' ? 'undone, the old ids are back' : 'restored from its snapshot'
      const kept =
        document.mode === 'undo'
          ? `${counted(document.rowsKept, 'row')} written since kept`
          : `${counted(document.rowsDiscarded, 'row')} discarded`
      const text = `${name}: ${what}, ${kept}; proof ${verdict(document.proof)}`
      return [document.proof.ok ? good(text) : bad(text)]
    }
    case 'code-put-back': {
      const { restored, left } = deed.document
      const text = `${tilde(deed.target)}: ${counted(restored.length, 'file')} of source code put back`
      if (left.length === 0) return [good(text)]
      return [
        line(span(`${symbols.warning} `, 'warning'), `${text}, ${count(left.length)} left: changed since`),
        ...left.map(path => line(`  left  ${tilde(path)}`)),
      ]
    }
    case 'stopped':
      return [
        line(
          span(`${symbols.warning} `, 'warning'),
          `${name}: ${deed.during} stopped. ${deed.failure.message}`,
        ),
        ...nextOf(deed.failure.next),
      ]
    case 'failed':
      return [
        bad(`${name}: ${deed.during} failed. ${deed.failure.message} (${deed.failure.code})`),
        ...(deed.failure.why === '' ? [] : [line(`  why   ${deed.failure.why.split('\n')[0] ?? ''}`)]),
        ...nextOf(deed.failure.next),
      ]
  }
}

function undoneLater(wizard: Wizard, deed: Deed): boolean {
  const later = wizard.deeds.slice(wizard.deeds.indexOf(deed) + 1)
  return later.some(each => each.did === 'rolled-back' && each.target === deed.target)
}

function nextOf(next: string): readonly Line[] {
  return next === '' ? [] : [line(`  next  ${next}`)]
}

function good(text: string): Line {
  return line(span(`${symbols.done} `, 'ok'), text)
}

function bad(text: string): Line {
  return line(span(`${symbols.bad} `, 'danger'), text)
}
