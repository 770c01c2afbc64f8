/**
 * Lets a system make its own tables: its command is run, its databases are watched until the expected tables are there
 * and stay as they are, then all that was started is ended. Success is the tables, not the exit code: a server never
 * ends by itself, and some end with a complaint about something else.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { InitializedTarget } from '../documents.ts'
import { openForReading } from '../engines/open.ts'
import { type Message, precondition } from '../message.ts'
import type { Requests } from '../requests.ts'
import { inShell } from '../shell.ts'
import { markOf, usualGrace } from './run/announce.ts'
import { failureOf, findingsOf, stoppedAmid } from './run/failures.ts'
import { follow, type Over } from './run/follow.ts'
import { judge, standing } from './run/found.ts'
import { outputOf } from './run/output.ts'
import { obstacleTo, refusalOf, treeOf, workingFolder } from './run/program.ts'
import { startCommand } from './run/start.ts'
import { straysIn } from './run/strays.ts'
import { type Seen, type Watch, watch } from './run/watch.ts'
import type { Initialization, System } from './system.ts'

/** How far the times that a disk writes down may lie behind. */
const clockMs = 20

type Request = Requests['initialize-system']

/**
 * Tables that are there already are left alone.
 *
 * @throws Refusal with what was printed last, and which tables are there and which are missing
 */
export async function initializeByCommand(request: Request, context: Context): Promise<InitializedTarget> {
  const { system } = request
  const named = request.named ? resolve(request.target) : null
  const places = system.places.map(place => place.path)
  const watched = watch([...new Set(named === null ? places : [named, ...places])], context)
  const before = await watched.look()
  const there = standing(before, named, system.initialize?.expect ?? [])
  const untouched = { system: system.name, by: null, findings: [] }
  if (there !== null) return { ...untouched, ...there, status: 'nothing-to-do' }
  const command = commandOf(system)
  if (named !== null && existsSync(named)) (await openForReading(named, context)).close() // or says why it can't be read
  const base = treeOf(system)
  const obstacle = obstacleTo(command, base)
  if (obstacle !== null) throw refusalOf(obstacle, system)
  if (!request.run) return { ...untouched, target: request.target, tables: [], status: 'missing' }
  return run(request, { named, command, base, before, watched }, context)
}

interface Job {
  /** The only database that counts. */
  readonly named: string | null
  readonly command: Initialization
  readonly base: string
  readonly before: readonly Seen[]
  readonly watched: Watch
}

async function run({ system, accept }: Request, job: Job, context: Context): Promise<InitializedTarget> {
  const { named, command, base, before, watched } = job
  const output = outputOf(context)
  const begun = Date.now() - clockMs
  const started = await startCommand({
    command,
    base,
    grace: command.grace ?? usualGrace,
    mark: markOf(context),
    output: output.take,
  })
  if ('what' in started) throw refusalOf(started, system)
  const findIn = (seen: readonly Seen[]) => judge(seen, before, named, command.expect)
  let over: Over
  try {
    over = await follow(started, command, async () => findIn(await watched.look()), output.tell, context)
  } catch (error) {
    await started.end()
    throw error
  }
  const exit = started.exit() // of its own; afterwards it is ours
  const killed = await started.end()
  output.tell()
  const found = findIn(await watched.lookOnceMore())
  if (over.how === 'stopped') throw stoppedAmid(system, found, over.why)
  const { database, tables, missing } = found
  if (database === null || (missing.length > 0 && !accept)) {
    const places = before.map(each => each.path)
    const elsewhere = database === null ? straysIn(workingFolder(command, base), begun, places) : []
    throw failureOf({ system, named, command, found, elsewhere, over, exit, said: output.last() })
  }
  const findings: readonly Message[] = findingsOf({ system, found, exit, killed })
  for (const finding of findings) context.emit({ type: 'finding', finding })
  return { target: database, system: system.name, status: 'made', by: 'command', tables, findings }
}

function commandOf(system: System): Initialization {
  if (system.initialize !== null) return system.initialize
  const way =
    system.schema === null
      ? `Start ${system.title} once so that it makes its tables, or say how in the config file: systems.${system.name}.initialize`
      : inShell`Make the known schema: ulid-migrate initialize ${system.name} --known`
  throw precondition(
    'SYSTEM.NO_COMMAND',
    system.name,
    `No command is known by which ${system.title} makes its tables.`,
    'Neither this program nor a config file names one.',
    way,
  )
}
