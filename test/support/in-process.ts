/** The engine without processes of its own, for what is tried hundreds of times or reaches behind its front door. */

import type { Context } from '../../src/core/context.ts'
import { detect } from '../../src/core/detect/detect.ts'
import type { DetectedTarget } from '../../src/core/documents.ts'
import type { EngineEvent } from '../../src/core/events.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { Pause } from '../../src/core/pause.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { newRun, settingsIn } from './engine.ts'
import { temporaryFolder } from './folder.ts'
import { secondOpinion } from './second-opinion.ts'

/** 2026-02-11 07:25:00 UTC: the clock of these runs stands still. */
export const noon = Date.UTC(2026, 1, 11, 7, 25)

export interface InProcess extends Context {
  readonly events: readonly EngineEvent[]
}

/** A context whose second opinions come from this process too; the real hop is tested where processes are. */
export function inProcess(settings: Settings): InProcess {
  const events: EngineEvent[] = []
  const context: InProcess = {
    run: newRun(),
    settings,
    events,
    now: () => noon,
    emit: event => void events.push(event),
    pause: new Pause(),
    breathe: () => Promise.resolve(),
    ask: (operation, request) => secondOpinion(operation, request, context),
  }
  return context
}

/** Detection that nobody watches. */
export const unwatched = (): Promise<void> => Promise.resolve()

/** What detection finds in a database. */
export function detectIn(path: string, choices: Choices = {}): Promise<DetectedTarget> {
  return lookAt(
    path,
    inProcess(settingsIn(temporaryFolder())),
    async looking => (await detect(looking, choices, unwatched)).document,
  )
}

/** The same choices of an operator who has read every blocker that can be agreed to, and agrees to each. */
export async function agreeing(path: string, choices: Choices): Promise<Choices> {
  const { findings } = await detectIn(path, choices)
  const agreeable = findings.filter(
    ({ severity, next }) => severity === 'blocker' && next.includes('--accept'),
  )
  return { ...choices, accept: agreeable.map(finding => finding.object) }
}
