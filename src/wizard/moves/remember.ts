/** Choices that are kept in the config file: asked for, answered, and missed when one goes on without. */

import { exitCodes } from '../../core/index.ts'
import { tilde } from '../../ui/format.ts'
import { keptText } from '../../ui/kept.ts'
import type { WizardMessage } from '../messages.ts'
import { isUnkept, unkeptElsewhere } from '../openings.ts'
import { type DetectScreen, entryOf, type Wizard } from '../state.ts'
import { notice, type Step, stay, withEntry } from './step.ts'

export function rememberChoices(wizard: Wizard, screen: DetectScreen): Step {
  const own = entryOf(wizard, screen.journey.target)
  const others = unkeptElsewhere(wizard, own.target)
  const wanted = isUnkept(own) || others.length === 0 ? [own, ...others] : others
  return {
    ...stay(wizard),
    commands: wanted.map(({ target, choices }) => ({ type: 'remember', target, choices })),
  }
}

export function onRemembered(
  wizard: Wizard,
  { target, choices, outcome }: Extract<WizardMessage, { type: 'remembered' }>,
): Step {
  if (outcome.type === 'failed') {
    const { error } = outcome
    const text =
      error.exit === exitCodes.usage ? 'Not kept: what to paste is shown when you quit.' : error.message
    return notice(
      withEntry(wizard, target, entry => ({ ...entry, notKept: error })),
      text,
    )
  }
  const { file } = outcome.kept
  const kept = withEntry(wizard, target, entry => ({
    ...entry,
    kept: choices,
    notKept: null,
    given: { ...entry.given, configFiles: [...new Set([...entry.given.configFiles, file])] },
  }))
  return notice(kept, keptText(outcome.kept, tilde(file)))
}

/** Going on with choices that nobody keeps is fine, and said once on the way. */
export function sayUnkept(before: Wizard, target: string, step: Step): Step {
  const entry = entryOf(before, target)
  if (!isUnkept(entry) || entry.notKept !== null || step.wizard.notice !== '') return step
  const leaving = step.wizard.screen.name !== before.screen.name
  const text = 'Choices are for this time: w in detect keeps them.'
  return leaving ? { ...step, wizard: { ...step.wizard, notice: text } } : step
}
