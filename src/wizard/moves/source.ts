/** The source code of a target's system: whether it still makes old ids, looked at while the target is rehearsed. */
import { type Answers, lookAtSource, type Outcome } from '../../core/index.ts'
import { currentEntry } from '../openings.ts'
import type { Wizard } from '../state.ts'
import { call, type Step, stay } from './step.ts'

/** Only files are read: nothing of the system is run for a line on the screen. */
export function lookWhereDue(wizard: Wizard): Step {
  const { screen } = wizard
  if (screen.name !== 'dry-run' || screen.work.is !== 'working') return stay(wizard)
  const owner = currentEntry(wizard)?.given.owner
  if (owner === undefined) return stay(wizard)
  const known = wizard.sources[owner.name] ?? null
  // Each rehearsal looks once: in between somebody may have updated the code.
  if (known !== null && known.job > screen.work.job) return stay(wizard)
  const request = lookAtSource(owner, 'never')
  if (request === null) return stay(wizard)
  const { wizard: next, start } = call(wizard, 'code', request)
  const sources = { ...wizard.sources, [owner.name]: { job: start.job, old: known?.old ?? null } }
  return { wizard: { ...next, sources }, commands: [start] }
}

/** What can't be looked at is left out: `code` says why to whoever asks for it. */
export function withSource(wizard: Wizard, job: number, outcome: Outcome<Answers['code']>): Wizard {
  const asked = Object.entries(wizard.sources).find(([, look]) => look.job === job)
  if (asked === undefined) return wizard
  const old =
    outcome.type === 'failed' ? null : outcome.value.sites.filter(each => each.verdict === 'change').length
  return { ...wizard, sources: { ...wizard.sources, [asked[0]]: { job, old } } }
}
