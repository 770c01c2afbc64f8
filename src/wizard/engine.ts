/** The engine as the wizard sees it: something that starts an operation. Tests put a scripted one in its place. */
import {
  createUlidFactory,
  type EngineRun,
  type Operation,
  type Requests,
  runEngine,
  type Settings,
} from '../core/index.ts'

export interface Engine {
  start<O extends Operation>(operation: O, request: Requests[O]): EngineRun<O>
}

/** The real one: each operation in a process of its own, each under a run of its own. */
export function processEngine(settingsFor: (target: string) => Settings): Engine {
  const newRun = createUlidFactory()
  return {
    start: (operation, request) => {
      const settings = settingsFor('target' in request ? request.target : '')
      return runEngine({ operation, request, settings, run: newRun() })
    },
  }
}
