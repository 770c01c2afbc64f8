import { quoteName as q } from '../../schema/names.ts'
import type { Connection } from './open.ts'

/** The columns of a view of `main`; none where it does not compile. */
export function viewColumns(db: Connection, view: string): readonly string[] {
  try {
    return db
      .prepare(`SELECT * FROM main.${q(view)}`)
      .columns()
      .map(({ name }) => name)
  } catch {
    return []
  }
}
