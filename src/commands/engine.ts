/** What commands need of the engine, and no more: one way to start an operation. Tests put a fake one in its place. */
import { type EngineRun, type Operation, type Requests, runEngine, type Settings } from '../core/index.ts'

export interface Engine {
  start<O extends Operation>(operation: O, request: Requests[O]): EngineRun<O>
}

/**
 * The real engine, each operation in a process of its own.
 *
 * @param run a ULID, shared by all operations of one command
 */
export function processEngine(settings: Settings, run: string): Engine {
  return { start: (operation, request) => runEngine({ operation, request, settings, run }) }
}
