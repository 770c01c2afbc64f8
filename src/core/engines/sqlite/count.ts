import type { Connection } from './open.ts'

/** The one number that a query gives. */
export function countOf(db: Connection, sql: string, ...parameters: unknown[]): number {
  return Number(
    db
      .prepare(sql)
      .pluck()
      .get(...parameters),
  )
}
