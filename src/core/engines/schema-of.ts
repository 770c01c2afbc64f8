import { createHash } from 'node:crypto'
import type { Schema } from '../schema/model.ts'
import { inspect } from './sqlite/inspect.ts'
import type { Connection } from './sqlite/open.ts'

/** The schema that the connection shows; its fingerprint tells of what only the store itself knows as well. */
export function schemaOf({ db, print }: { readonly db: Connection; readonly print?: string }): Schema {
  const schema = inspect(db)
  if (print === undefined) return schema
  const fingerprint = createHash('sha256').update(`${schema.fingerprint} ${print}`).digest('hex')
  return { ...schema, fingerprint }
}
