/** The engine in one process, for the corpus: hundreds of runs, whose second opinions need no process of their own. */

import type { Context } from '../../src/core/context.ts'
import { Pause } from '../../src/core/pause.ts'
import type { Settings } from '../../src/core/requests.ts'
import { newRun } from '../support/engine.ts'
import { secondOpinion } from '../support/second-opinion.ts'

export function corpusContext(settings: Settings): Context {
  const context: Context = {
    run: newRun(),
    settings,
    now: Date.now,
    emit: () => {},
    pause: new Pause(),
    breathe: async () => {},
    ask: (operation, request) => secondOpinion(operation, request, context),
  }
  return context
}
