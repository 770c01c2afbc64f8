/** What the targets have to do with each other: being asked, not known, or who takes ULIDs from whom. */
import { messageBlock } from '../ui/error-block.ts'
import { type Area, type Line, paragraph } from '../ui/line.ts'
import { firstToMigrate, leadersOf, roundAbout } from '../wizard/across.ts'
import { nameOf, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

/** While it is being asked; null otherwise. */
export function comparingText({ comparison, entries }: Wizard): string | null {
  switch (comparison.is) {
    case 'asking':
      return `comparing the targets with each other   ${comparison.progress.step?.object ?? ''}`.trimEnd()
    case 'due':
      return entries.length > 1 ? 'to be compared with the other targets, once all are read' : null
    case 'known':
    case 'stopped':
    case 'failed':
      return null
  }
}

/** Why it is not known, for all targets alike. */
export function notCompared({ comparison }: Wizard, area: Area): readonly Line[] {
  switch (comparison.is) {
    case 'failed':
      return messageBlock(comparison.failure, area.width, 'The targets are not compared. x goes on without.')
    case 'stopped':
      return paragraph(
        `${symbols.warning} Not compared with each other: ids of one target in another stay as they are. x compares.`,
        area.width,
        'warning',
        1,
      )
    case 'due':
    case 'asking':
    case 'known':
      return []
  }
}

/** Whom a target takes its ULIDs from, and what is in the way of that. */
export function betweenLines(wizard: Wizard, target: string, area: Area): readonly Line[] {
  const round = roundAbout(wizard, target)
  // In a low window the list, where it can be mended, comes before what is wrong in full.
  if (round !== null) return messageBlock(area.height < 18 ? { ...round, why: '' } : round, area.width)
  const leaders = leadersOf(wizard, target)
  if (leaders.length === 0) return notCompared(wizard, area)
  const names = leaders.map(leader => nameOf(wizard, leader)).join(' and ')
  return [
    ...notCompared(wizard, area),
    ...paragraph(`Takes ULIDs from ${names}${turnOf(wizard, target, leaders)}.`, area.width, 'plain', 1),
  ]
}

function turnOf(wizard: Wizard, target: string, leaders: readonly string[]): string {
  const first = firstToMigrate(wizard, target)
  if (first === null) return leaders.length > 1 ? ', which have them' : ', which has them'
  return leaders.length === 1 && leaders[0] === first
    ? ', which comes first'
    : `; ${nameOf(wizard, first)} comes first`
}
