import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'

/** A new folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Every file below a folder with its bytes and time: equal only if nothing was touched. */
export function everythingIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => {
      const path = join(folder, name)
      const { mtimeMs } = statSync(path)
      return statSync(path).isDirectory()
        ? `${name} ${mtimeMs}`
        : `${name} ${mtimeMs} ${readFileSync(path, 'latin1')}`
    })
}

export function reading<T>(path: string, read: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** One number. */
export function countIn(path: string, sql: string): number {
  return reading(path, db => db.prepare<[], number>(sql).pluck().get() ?? Number.NaN)
}

/** The first column of all rows. */
export function listIn(path: string, sql: string): readonly string[] {
  return reading(path, db => db.prepare<[], string>(sql).pluck().all())
}

/** All tables with all rows, in order. */
export function contentsOf(path: string): Readonly<Record<string, readonly unknown[]>> {
  return reading(path, db => {
    const names = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
      .pluck()
      .all()
    return Object.fromEntries(
      names.map(name => [name, db.prepare(`SELECT * FROM ${name} ORDER BY rowid`).all()]),
    )
  })
}
