/** The engine's one front door. Screens, commands and other programs import from here and from nowhere deeper. */
export type * from './documents.ts'
export type { EngineEvent, Outcome, Phase, Stamped } from './events.ts'
export { type EngineRun, runEngine } from './host.ts'
export { createUlidFactory, idTime, isUlid, kindOf } from './identifiers/index.ts'
export { type ExitCode, exitCodes, type Failure, type Message } from './message.ts'
export { type Plan, type PlannedIdentity, planSchema } from './plan/plan.ts'
export type { Answers, Choices, Operation, Requests, Settings } from './requests.ts'
export { writeDemo } from './systems/demo.ts'
