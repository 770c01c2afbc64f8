/** How the triggers of an expansion are called, so that whoever meets them knows what they are for. */
import type { Schema } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { sameName } from '../schema/names.ts'

export const SYNC_PREFIX = 'ulid_sync_'

/** Whether triggers of ours keep the ULID column of that table in step. */
export function isKeptInStep(schema: Schema, table: string, ulid: string): boolean {
  return schema.objects.some(
    object =>
      object.type === 'trigger' &&
      sameName(object.table, table) &&
      object.name.startsWith(SYNC_PREFIX) &&
      nameUses(object.sql, ulid).length > 0,
  )
}
