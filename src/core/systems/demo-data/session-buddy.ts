/** The guide's session_buddy.db: sessions named by project and time. */
import type Database from 'better-sqlite3'
import { createKnownSchema } from '../known-schemas.ts'
import { sessionBuddySchema } from '../schemas/session-buddy.ts'
import { compactTime, naiveTime, pastTimes } from './clock.ts'
import { ulid } from './ids.ts'
import { projects } from './prose.ts'
import type { Random } from './random.ts'
import { insertInto, type Value } from './rows.ts'

const columns = [
  'session_id',
  'component_name',
  'start_time',
  'end_time',
  'duration_seconds',
  'quality_score',
  'project',
  'error_occurred',
  'error_message',
] as const

/** Fills an empty database with `rows` sessions, all with legacy ids only. */
export function fillSessions(db: Database.Database, random: Random, rows: number): void {
  createKnownSchema(db, sessionBuddySchema)
  writeSessions(db, random, rows, 0)
}

/** The same, left halfway through an expansion: `session_ulid` is there, and filled for the older half. */
export function fillHalfExpandedSessions(db: Database.Database, random: Random, rows: number): void {
  createKnownSchema(db, sessionBuddySchema)
  db.exec('ALTER TABLE sessions ADD COLUMN session_ulid TEXT')
  db.exec('CREATE UNIQUE INDEX idx_sessions_session_ulid ON sessions (session_ulid)')
  writeSessions(db, random, rows, Math.ceil(rows / 2))
}

/** The ids that {@link fillSessions} gives, for databases that hold them; `random` is at the start of that file's stream. */
export function sessionNames(random: Random, rows: number): readonly string[] {
  return [...sessions(random, rows, 0)].map(([id]) => String(id))
}

function writeSessions(db: Database.Database, random: Random, rows: number, withUlid: number): void {
  const insert = insertInto(db, 'sessions', withUlid > 0 ? [...columns, 'session_ulid'] : columns)
  for (const session of sessions(random, rows, withUlid)) insert(...session)
}

function* sessions(random: Random, rows: number, withUlid: number): Generator<readonly Value[]> {
  const taken = new Set<string>()
  for (const [row, time] of pastTimes(random, rows, 1000).entries()) {
    const second = Math.floor(time / 1000) * 1000
    const project = random.pick(projects)
    const { id, start } = nameSession(random, project, second, taken)
    const seconds = random.chance(0.06) ? null : random.between(20, 14_000)
    const failed = random.chance(0.07)
    yield [
      id,
      random.pick(['session-buddy', 'crackerjack', 'terminal']),
      sessionTime(start, random),
      seconds === null ? null : naiveTime(start + seconds * 1000, random),
      seconds,
      random.chance(0.1) ? null : random.below(1001) / 10,
      random.chance(0.05) ? null : project,
      failed ? 1 : 0,
      failed ? random.pick(['checkpoint failed', 'the client went away']) : null,
      ...(withUlid > 0 ? [row < withUlid ? ulid(random, start) : null] : []),
    ]
  }
}

/** Most ids carry the very second of the start; some rows began a moment later, a few ids are in local time. */
function nameSession(random: Random, project: string, second: number, taken: Set<string>) {
  const start = random.chance(0.05) ? second + random.between(1, 9000) : second
  const name = (ms: number): string => {
    const { date, time } = compactTime(ms)
    return `${project}-${date}-${time}`
  }
  const local = name(second + 3_600_000)
  // One hour on, somebody else's session of the same project may have that name.
  const id = random.chance(0.02) && !taken.has(local) ? local : nextFree(name, second, taken)
  taken.add(id)
  return { id, start }
}

function nextFree(name: (ms: number) => string, second: number, taken: ReadonlySet<string>): string {
  let at = second
  while (taken.has(name(at))) at += 1000
  return name(at)
}

/** Python leaves the fraction out where it is nothing. */
function sessionTime(ms: number, random: Random): string {
  return ms % 1000 === 0 ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : naiveTime(ms, random)
}
