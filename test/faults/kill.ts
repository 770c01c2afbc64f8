/**
 * SIGKILL at random moments and at every phase boundary: what is left must be the old database or the complete new one, or
 * an expansion on its way, `status` must say which, and the same command must then end well, with nothing of the killed run
 * left anywhere.
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineEvent } from '../../src/core/events.ts'
import type { EngineRun } from '../../src/core/host.ts'
import type { Operation } from '../../src/core/requests.ts'
import { descendantsOf, kill, untilEnded, untilUnused } from './processes.ts'
import { mustRun, requestOf, type Scene } from './scenes.ts'

/** When the engine is killed: after some time, or at the moment it says this. */
export type When = { readonly after: number } | { readonly at: string }

export interface Attack {
  readonly when: When
  /** The engine alone, or with every process that it has asked something. */
  readonly victims: 'engine' | 'all'
}

export interface Struck {
  readonly ended: 'old' | 'new' | 'begun'
  /** False where the operation was over before the blow fell. */
  readonly hit: boolean
  readonly violations: readonly string[]
}

/** How an event is called in {@link When}: `rewrite started`, `rewrite moving`, `rewrite done`. */
export function momentOf(event: EngineEvent): string | null {
  if (event.type === 'phase') return `${event.phase} ${event.status}`
  return event.type === 'progress' ? `${event.phase} moving` : null
}

/** Runs the operation, kills it, and looks at what is left. */
export async function strike(scene: Scene, attack: Attack): Promise<Struck> {
  scene.reset()
  const print = printOf(scene)
  const run = scene.begin()
  return aftermath(scene, await blow(run, attack), print)
}

/** @returns whether the engine was killed before it had answered */
async function blow(run: EngineRun<Operation>, { when, victims }: Attack): Promise<boolean> {
  const pid = run.pid
  let over = false
  const fall = () => {
    if (over || pid === undefined) return
    over = true
    kill(pid, ...(victims === 'all' ? descendantsOf(pid) : []))
  }
  if ('after' in when) void delay(when.after).then(fall)
  for await (const event of run.events) if ('at' in when && momentOf(event) === when.at) fall()
  const outcome = await run.outcome
  over = true
  return outcome.type === 'failed' && outcome.error.code === 'ENGINE.LOST'
}

/** The target, and what others have left beside it, by bytes and time. A killed reader may leave an empty -wal and a -shm. */
export function printOf({ target, medium }: Scene): string {
  return [target, ...medium.sidecars.map(suffix => target + suffix)]
    .filter(path => existsSync(path) && statSync(path).size > 0)
    .map(path => {
      const bytes = createHash('sha256').update(readFileSync(path)).digest('hex')
      return `${path} ${bytes} ${statSync(path, { bigint: true }).mtimeNs}`
    })
    .join('\n')
}

/** What must hold after a blow, wherever it fell. */
export async function aftermath(scene: Scene, hit: boolean, print: string): Promise<Struck> {
  const violations: string[] = []
  const must = (holds: boolean, what: string) => void (holds || violations.push(what))
  must(await untilUnused(scene.folder), 'somebody still has a file open a minute later')

  // Before anybody has opened the file again: status leaves even a hot journal alone, and tells what will be found.
  const [said] = await mustRun(scene.settings, 'status', { targets: [scene.target] })
  const looksOnly = scene.name === 'dry-run' || scene.name === 'detect'
  if (looksOnly) must(printOf(scene) === print, 'a command that only looks has changed the files')

  const { complaint, own } = await scene.medium.recover(scene.target)
  must(complaint === 'ok', `the file is not sound: ${complaint}`)
  const content = await scene.medium.content(scene.target)
  const isBegun = scene.name === 'expand' && said?.state === 'expanding'
  const ended = isBegun ? 'begun' : content === scene.before ? 'old' : 'new'
  must(
    isBegun || content === scene.before || content === scene.after,
    'the content is neither the old nor the new one',
  )
  const makes = ['migrate', 'expand', 'integers'].includes(scene.name)
  if (makes && !isBegun && content === scene.before)
    must(own.length === 0, `left in the database: ${own.join(', ')}`)
  if (scene.name === 'undo' && content === scene.before && scene.before !== scene.after)
    must(own.length > 1, 'the maps are gone, and the migration is still there')
  must(
    isBegun ? said?.runs[0]?.status === 'expanding' : agrees(scene, said?.runs ?? [], content),
    `status says ${said?.runs.map(r => `${r.what} ${r.status}`)}`,
  )

  violations.push(...(await again(scene, content)))
  must(
    looksOnly || (await scene.medium.content(scene.target)) === scene.after,
    'the same command again did not lead to the end',
  )
  violations.push(...(await leftovers(scene)))
  return { ended, hit, violations }
}

/** Whether what status says of the newest run fits what the file is. */
function agrees(
  scene: Scene,
  runs: readonly { readonly what: string; readonly status: string; readonly strategy: string }[],
  content: string,
): boolean {
  const is = content === scene.after
  switch (scene.name) {
    case 'migrate':
    case 'expand':
    case 'integers': {
      const run = runs.find(each => each.what === 'migrate')
      return run === undefined ? !is : run.status === (is ? 'succeeded' : 'stopped')
    }
    case 'contract': {
      const run = runs.find(each => each.what === 'migrate' && each.strategy !== 'expand')
      return run === undefined ? !is : run.status === (is ? 'succeeded' : 'stopped')
    }
    case 'undo': {
      const run = runs.find(each => each.what === 'undo')
      return run === undefined ? !is : run.status === (is ? 'succeeded' : 'stopped')
    }
    case 'restore': {
      // The target records nothing of a restore: killed before its last word, it is shown as stopped, whatever it did.
      const run = runs.find(each => each.what === 'restore')
      return run === undefined ? !is : ['succeeded', 'stopped'].includes(run.status)
    }
    case 'dry-run':
    case 'detect':
      return runs.length === 0
  }
}

/** The same command once more; where it had come to its end it says that there is nothing left to do. */
async function again(scene: Scene, content: string): Promise<readonly string[]> {
  const { operation, request } = requestOf(scene)
  const { outcome } = scene.begin()
  const answer = await outcome
  const finished = content === scene.after && scene.before !== scene.after
  if (answer.type === 'failed') {
    const { code, message, why } = answer.error
    const isOver =
      finished &&
      ((scene.name === 'undo' && code === 'UNDO.NOTHING') ||
        // Its plan was for what is no more.
        (scene.name === 'contract' && code === 'PLAN.OTHER_SCHEMA') ||
        (scene.name === 'restore' && code === 'SNAPSHOT.NONE'))
    return isOver ? [] : [`${operation} again: ${code} ${message} ${why}`]
  }
  if (operation !== 'migrate' || !('status' in answer.value)) return []
  const wanted = finished ? 'nothing-to-do' : 'succeeded'
  return answer.value.status === wanted
    ? []
    : [`again it ${String(answer.value.status)}, not ${wanted}: ${JSON.stringify(request)}`]
}

/** Files that no run accounts for. */
async function leftovers({ target, settings }: Scene): Promise<readonly string[]> {
  const names = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])
  const beside = names(join(target, '..')).filter(
    name => name !== 'a.db' && (!/-(wal|shm)$/.test(name) || statSync(join(target, '..', name)).size > 0),
  )
  const [said] = await mustRun(settings, 'status', { targets: [target] })
  const known = new Set(said?.runs.map(run => run.snapshot))
  const copies = names(settings.snapshotDir).filter(name => !known.has(join(settings.snapshotDir, name)))
  const scratchIn = join(settings.stateDir, 'scratch')
  // A process that has answered takes its own away while it ends.
  for (const name of names(scratchIn)) await untilEnded(Number(/-(\d+)\./.exec(name)![1]))
  const scratch = names(scratchIn)
  return [...beside, ...copies, ...scratch].map(name => `left behind: ${name}`)
}
