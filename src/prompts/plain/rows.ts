/** The lists in which one row is at hand: choices are about that one, and another can be picked by its number. */
import { failuresFirst } from '../../steps/common.ts'
import { identityName } from '../../steps/identities.ts'
import { offset, when } from '../../ui/format.ts'
import { referenceName } from '../../ui/reference-facts.ts'
import { followersOf } from '../../wizard/followers.ts'
import { shownDocument, visibleIdentities, visibleReferences } from '../../wizard/listed.ts'
import { focusedIdentity } from '../../wizard/openings.ts'
import {
  type DetectScreen,
  doneAt,
  entryOf,
  nameOf,
  rollbackRuns,
  visibleEntries,
  type Wizard,
} from '../../wizard/state.ts'
import { targetChoices } from '../../wizard/target-choices.ts'
import { holderName } from '../../wizard/trace-tree.ts'

export interface Rows {
  /** What one row is. */
  readonly one: string
  readonly names: readonly string[]
  readonly cursor: number
}

/** The list of the place one is at; null where there is none. */
export function rowsOf(wizard: Wizard): Rows | null {
  const { screen } = wizard
  switch (screen.name) {
    case 'targets': {
      const names = visibleEntries(wizard, screen.filter).map(entry => nameOf(wizard, entry.target))
      return { one: 'database', names, cursor: screen.cursor }
    }
    case 'detect':
      return rowsOfDetect(wizard, screen)
    case 'dry-run': {
      if (screen.view !== 'checks' || screen.work.is !== 'rehearsed') return null
      const { proof, undo } = screen.work.rehearsal.document
      const undone = undo.checks.map(check => ({ ...check, id: `undo: ${check.id}` }))
      const names = failuresFirst([...proof.checks, ...undone]).map(check => check.id)
      return { one: 'check', names, cursor: screen.scroll }
    }
    case 'verify': {
      if (screen.work.is !== 'proved') return null
      const names = failuresFirst(screen.work.proof.checks).map(check => check.id)
      return { one: 'check', names, cursor: screen.cursor }
    }
    case 'rollback': {
      if (screen.stage.is !== 'list') return null
      const names = rollbackRuns(wizard).map(choice => {
        const name = choice.of === 'code' ? choice.target : nameOf(wizard, choice.target)
        return `${name}, ${when(doneAt(choice), wizard.now)}`
      })
      return { one: 'run', names, cursor: screen.stage.cursor }
    }
    case 'trace': {
      if (screen.stage.is !== 'found') return null
      const names = followersOf(screen.stage.trace).map(({ reference, related, row }) =>
        reference === null
          ? `${related.table}.${related.column}, row ${row}, ${offset(related.offset)}`
          : `${holderName(reference)}, row ${row}`,
      )
      return { one: 'row', names, cursor: screen.stage.cursor }
    }
    case 'open':
    case 'initialize':
    case 'confirm':
    case 'migrate':
    case 'application':
    case 'take-back':
    case 'done':
    case 'quitting':
      return null
  }
}

function rowsOfDetect(wizard: Wizard, screen: DetectScreen): Rows | null {
  const entry = entryOf(wizard, screen.journey.target)
  const document = shownDocument(wizard, entry)
  if (document === null) return null
  switch (screen.pane) {
    case 'identities': {
      const names = visibleIdentities(wizard, entry, screen.filter).map(identityName)
      return { one: 'identity', names, cursor: screen.cursor }
    }
    case 'evidence':
      return null
    case 'references': {
      const identity = focusedIdentity(wizard)
      const names = identity === null ? [] : visibleReferences(entry, identity).map(referenceName)
      return { one: 'reference', names, cursor: screen.referenceCursor }
    }
    case 'findings': {
      const names = document.findings.map(({ object, message }) => `${object}: ${message}`)
      return { one: 'finding', names, cursor: screen.findingCursor }
    }
    case 'choices': {
      const names = targetChoices(entry.choices, entry.given.choices, document).map(each => each.name)
      return { one: 'choice', names, cursor: screen.choiceCursor }
    }
  }
}

/** The keys that lead from the row at hand to another. */
export function keysTo(rows: Rows, row: number): readonly string[] {
  const way = row - rows.cursor
  return Array.from({ length: Math.abs(way) }, () => (way > 0 ? 'down' : 'up'))
}
