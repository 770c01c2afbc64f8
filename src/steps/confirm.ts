/** The last question before anything is written: what it does, what it costs, how to come back, and a name to type. */

import { type Fact, factLines } from '../ui/facts.ts'
import { count, counted, duration, size, tilde } from '../ui/format.ts'
import { lockedOut, lockText, openByText } from '../ui/in-use.ts'
import { type Area, type Line, line, paragraph, span } from '../ui/line.ts'
import { aboveField, typedName } from '../ui/typed-name.ts'
import { commandFor } from '../wizard/command-for.ts'
import { blockersOf, objectsOf } from '../wizard/consent.ts'
import {
  type ConfirmScreen,
  entryOf,
  isRehearsal,
  type Journey,
  nameOf,
  type Rehearsal,
  type Resumed,
  type Wizard,
} from '../wizard/state.ts'
import { busy, oldIdsText } from './common.ts'

export function confirmBody(wizard: Wizard, screen: ConfirmScreen, area: Area): readonly Line[] {
  const title = line(span(' This changes the database your programs use.', 'danger'))
  const { rehearsal } = screen
  const facts = factLines(
    isRehearsal(rehearsal)
      ? factsOf(wizard, screen.journey, rehearsal)
      : resumedFacts(wizard, screen.journey, rehearsal),
    area.width,
  )
  const field =
    screen.work.is === 'working'
      ? [
          busy(wizard, 'The schema is read once more', screen.work.progress.startedAt),
          ...paragraph('Nothing has begun yet. Esc goes back to the name.', area.width, 'muted', 1),
        ]
      : typedName(
          isRehearsal(rehearsal)
            ? 'Type the name of the database to start'
            : 'Type the name of the database to go on',
          nameOf(wizard, screen.journey.target),
          screen.typed,
          area.width,
        )
  return aboveField(title, facts, field, wizard.scroll, area)
}

function resumedFacts(wizard: Wizard, { target }: Journey, resumed: Resumed): readonly Fact[] {
  if ('behind' in resumed)
    return [
      ['database', tilde(target)],
      [
        'completes',
        `the expansion ${resumed.resumes}: ${counted(resumed.behind, 'id')} that programs wrote since`,
      ],
      ['locked', `until it is done; other programs ${lockedOut({ engine: 'duckdb' })}`],
      ['stop', 'Ctrl-C, until the commit: the file is then as it was'],
      ['way back', `Esc, then r; or: ${commandFor(wizard, 'collapse', target)}`],
    ]
  return [
    ['database', tilde(target)],
    [
      'goes on',
      `the expansion ${resumed.resumes}, which stands at ${resumed.percent} %, by the plan with which it was begun`,
    ],
    ['locked', 'moments at a time: other programs go on writing beside it'],
    ['stop', 'Ctrl-C, at any time: it can go on from there'],
    ['way back', `Esc, then r; or: ${commandFor(wizard, 'collapse', target)}`],
  ]
}

function factsOf(at: Wizard, journey: Journey, rehearsal: Rehearsal): readonly Fact[] {
  const { document, plan } = rehearsal
  const rows = document.changes.reduce((sum, each) => sum + each.rows, 0)
  const identities = plan.identities.map(each => `${each.table}.${each.column}`).join(', ')
  const followed = rehearsal.follows.map(
    each => `${each.table}.${each.column} from ${each.of.map(of => nameOf(at, of.target)).join(', ')}`,
  )
  const integers = plan.identities.flatMap(each =>
    each.legacy === null ? [] : [`${each.table}.${each.column} goes on as ${each.legacy}`],
  )
  const expands = plan.identities.some(each => each.beside !== null)
  const { choices, given } = entryOf(at, journey.target)
  const notDone = given.owner === undefined ? null : oldIdsText(at, given.owner.name)
  const agreed = objectsOf(blockersOf(document.findings, choices).accepted)
  const ago = duration(Math.max(0, at.now - rehearsal.at) / 1000)
  return [
    ['database', tilde(journey.target)],
    [
      'changes',
      `${identities === '' ? '' : `${identities}: `}${counted(rows, 'row')} in ${counted(document.changes.length, 'table')}`,
    ],
    ...(followed.length > 0 ? [['ULIDs', followed.join('; ')] as const] : []),
    ...(integers.length > 0 ? [['integers', integers.join(', ')] as const] : []),
    ...(agreed.length > 0 ? [['accepted', agreed.join(', ')] as const] : []),
    ['snapshot', `${size(document.estimate.snapshotBytes)}, taken and checked before the first write`],
    ['way back', 'rollback, any time later; rows written meanwhile are kept'],
    ...(notDone === null ? [] : [['not done', notDone] as const]),
    ['open', openByText(document.openBy)],
    [
      'locked',
      `${lockText(document)}; other programs ${lockedOut(document)}, then see ${expands ? 'both ids' : 'the new ids'}`,
    ],
    [
      'plan',
      `${document.plan.hash.slice(0, 8)}, rehearsed ${ago} ago; Enter reads the schema once more first`,
    ],
    ...(document.orphans > 0 ? [['orphans', `${count(document.orphans)}, kept as orphans`] as const] : []),
  ]
}
