import type { Context } from '../../src/core/context.ts'
import type { EngineEvent, Phase } from '../../src/core/events.ts'
import type { Settings } from '../../src/core/requests.ts'
import { inProcess } from '../support/in-process.ts'
import { fillUp } from '../support/small-disk.ts'

/** Fills `folder` at the start (or end) of `phase`, leaving `bytes`. */
export function filling(
  settings: Settings,
  at: `${Phase} ${'started' | 'done'}`,
  folder: string,
  bytes: number,
) {
  const plain = inProcess(settings)
  let filled = false
  const context: Context = {
    ...plain,
    emit: (event: EngineEvent) => {
      plain.emit(event)
      if (filled || event.type !== 'phase' || `${event.phase} ${event.status}` !== at) return
      filled = true
      fillUp(folder, bytes)
    },
  }
  return { context, wasFilled: () => filled }
}
