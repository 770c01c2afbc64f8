/** Databases that know each other's ids: sessions, links to them, and a store that has some of them as well. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { findAcross } from '../../src/core/across/find.ts'
import type { Across } from '../../src/core/links.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { makeDatabase } from './database.ts'
import { settingsIn } from './engine.ts'
import { temporaryFolder } from './folder.ts'
import { inProcess } from './in-process.ts'

export interface Neighbours {
  readonly folder: string
  readonly settings: Settings
  make(name: string, ...sql: readonly string[]): string
}

export function neighbours(): Neighbours {
  const folder = temporaryFolder()
  return {
    folder,
    settings: settingsIn(folder),
    make: (name, ...sql) => makeDatabase(join(folder, name), ...sql),
  }
}

/** A UUID of its own for every name. */
export function uuid(name: string | number): string {
  const hex = createHash('sha256').update(String(name)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n)
}

/** A table of rows with an id each, made a second apart on that day. */
export function rowsSql(table: string, ids: readonly (string | number)[], day = '2026-01-01'): string {
  const rows = ids.map(
    (id, n) =>
      `('${uuid(id)}', '${day}T00:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}Z')`,
  )
  return `CREATE TABLE ${table}(id TEXT PRIMARY KEY, at TEXT); INSERT INTO ${table} VALUES ${rows.join(', ')}`
}

/** A table that holds such ids, row by row; NULL and '' are taken as they are. */
export function holdingSql(table: string, column: string, ids: readonly (string | number | null)[]): string {
  const rows = ids.map(id => `(${id === null ? 'NULL' : id === '' ? "''" : `'${uuid(id)}'`})`)
  return `CREATE TABLE ${table}(n INTEGER PRIMARY KEY, ${column} TEXT); INSERT INTO ${table}(${column}) VALUES ${rows.join(', ')}`
}

export function acrossOf(
  settings: Settings,
  targets: readonly string[],
  choices: Choices = {},
): Promise<Across> {
  return findAcross(
    targets.map(target => ({ target, choices })),
    inProcess(settings),
  )
}

/** What the command does: looks at all of them, and migrates one after the other. */
export async function migrateTogether(
  settings: Settings,
  targets: readonly string[],
  choices: Choices = {},
): Promise<Across> {
  const across = await acrossOf(settings, targets, choices)
  for (const target of across.order)
    await migrate(
      target,
      { ...choices, follows: across.follows[target] ?? [] },
      undefined,
      inProcess(settings),
    )
  return across
}

/** The links that are followed, as `links.db links.session_id -> sessions.db sessions.id`. */
export function followed({ links }: Across): readonly string[] {
  const name = (target: string) => target.slice(target.lastIndexOf('/') + 1)
  return links
    .filter(link => link.choice === 'accepted')
    .map(
      link =>
        `${name(link.target)} ${link.table}.${link.column} -> ${name(link.of.target)} ${link.of.table}.${link.of.column}`,
    )
}
