/** What Enter does at a target whose last run did not come to its end. */
import type { Journey, Wizard } from '../state.ts'
import { type Unfinished, unfinishedText } from '../unfinished.ts'
import { andThen, notice, type Step, show, toDetect } from './step.ts'
import { proveRun } from './verify.ts'

export function takeUpAgain(wizard: Wizard, journey: Journey, unfinished: Unfinished): Step {
  switch (unfinished.is) {
    case 'expansion':
    case 'behind':
      return show(wizard, {
        name: 'confirm',
        journey,
        rehearsal: {
          resumes: unfinished.run,
          ...(unfinished.is === 'behind' ? { behind: unfinished.rows } : { percent: unfinished.percent }),
        },
        typed: '',
        work: { is: 'asked' },
      })
    case 'unproved':
      return proveRun(wizard, {
        name: 'verify',
        journey,
        migrated: null,
        cursor: 0,
        details: false,
      })
    case 'running':
    case 'unchanged':
    case 'unsure': {
      const [state = ''] = unfinishedText(unfinished).split(' Enter ')
      return andThen(toDetect(wizard, journey), next => notice(next, `Here ${state}`))
    }
  }
}
