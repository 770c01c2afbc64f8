/** The engine's one front door. Screens, commands and other programs import from here and from nowhere deeper. */

import type { Settings } from './requests.ts'
import type { Tracer } from './trace/tracer.ts'

export { inOrder } from './across/order.ts'
export { acrossFindings, withAcross } from './across/tell.ts'
export {
  type ConfigFile,
  type ConfigPlaces,
  type Configured,
  configuredFor,
  configuredTargets,
  type LoadedConfig,
  loadConfig,
} from './config/config.ts'
export { newConfigIn } from './config/find.ts'
export { layered, unsaid } from './config/layers.ts'
export { type Kept, mayRemember, type Remembered, remember } from './config/remember.ts'
export type { Config } from './config/schema.ts'
export { systemsFrom } from './config/systems.ts'
export { refusals } from './detect/refusals.ts'
export { namesTarget, splitTarget } from './detect/target-column.ts'
export type * from './documents.ts'
export type { EngineEvent, Outcome, Phase, Stamped } from './events.ts'
export { type EngineRun, runEngine } from './host.ts'
export {
  createUlidFactory,
  type InspectedId,
  idTime,
  inspectId,
  isUlid,
  kindOf,
  type ParsedUlid,
  parseUlid,
  sqliteUlidExpression,
  ulidTime,
  uuidToUlid,
} from './identifiers/index.ts'
export { formatPlace } from './inside/selector.ts'
export type * from './links.ts'
export { type ExitCode, exitCodes, type Failure, type Message, Refusal } from './message.ts'
export { isEmpty, isInSteps, leadersOf, type Plan, type PlannedIdentity } from './plan/plan.ts'
export type { NewRegistration, Registration } from './registry/registration.ts'
export type { Registry, RegistryOptions, RegistryStatistics } from './registry/registry.ts'
export { systemAtFirst, targetAtFirst } from './report/blank-pages.ts'
export { criteriaOf } from './report/criteria.ts'
export { dueOfTarget, migratedPage } from './report/migrated-page.ts'
export { isWorse, queriesOf, queryFindings } from './report/queries.ts'
export { sourceFound, sourceNotLookedAt, sourceWords } from './report/source.ts'
export { newReport, reportDocument, reportFolder, unfinishedReport, writeReport } from './report/store.ts'
export { dueOfSystem, testsPage } from './report/system-page.ts'
export type {
  Answers,
  BaselineQuery,
  Choices,
  ContractChoices,
  Operation,
  Pace,
  Requests,
  Settings,
} from './requests.ts'
export type * from './run-report.ts'
export type { ObjectPrint } from './schema/print.ts'
export { sqlLines } from './schema/sql-lines.ts'
export { discard, makeScratch } from './scratch.ts'
export { basesIn, settingsFrom } from './settings.ts'
export { commandLine, inShell, shellWords } from './shell.ts'
export { isFolder } from './stat.ts'
export { usualGenerator, usualInterpreter } from './systems/built-in.ts'
export { detectSystem, unreadable } from './systems/detect-system.ts'
export { knownPlaceOf } from './systems/known-schemas.ts'
export { announce } from './systems/run/announce.ts'
export { obstacleTo, workingFolder } from './systems/run/program.ts'
export { lookAtSource, type SourceOf, sourceOf } from './systems/source-of.ts'
export type { System } from './systems/system.ts'
export type { LookOptions } from './trace/look.ts'
export type { Tracer } from './trace/tracer.ts'
export { withCommas } from './with-commas.ts'

/** The demo's writer, loaded when it is asked for: it brings SQLite along, which the screen must not wait for. */
export async function loadDemo() {
  return (await import('./systems/demo.ts')).writeDemo
}

/** Keeps targets open, for whoever traces many ids. */
export async function openTracer(targets: readonly string[], settings: Settings): Promise<Tracer> {
  return (await import('./trace/tracer.ts')).openTracer(targets, settings)
}

/** What a plan looks like, for whoever reads one; loaded then, since most commands read none. */
export async function loadPlanSchema() {
  return (await import('./plan/plan-schema.ts')).planSchema
}

/** Opens the registry; loaded when it is asked for, as the demo is. */
export async function loadRegistry() {
  const [{ openRegistry }, { readRegistrations }] = await Promise.all([
    import('./registry/open.ts'),
    import('./registry/read-lines.ts'),
  ])
  return { openRegistry, readRegistrations }
}
