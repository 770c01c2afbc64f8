/** Blockers that no consent can lift: the table can't be made anew as it is. docs/messages.md explains each. */
export const refusals: ReadonlySet<string> = new Set([
  'TARGET.NO_TABLES',
  'TARGET.NETWORK_MOUNT',
  'EXPANSION.UNFINISHED',
  'SCHEMA.MISSING_COLLATION',
  'SCHEMA.MISSING_FUNCTION',
  'SCHEMA.DOUBLE_QUOTED_LITERAL',
  'SCHEMA.NOT_REBUILDABLE',
  'SCHEMA.POSITIONAL',
  'SCHEMA.TOO_MANY_COLUMNS',
  'SCHEMA.ROWID_HIDDEN',
  'IDENTITY.SAME_BUT_FOR_CASE',
  'IDENTITY.DUPLICATES',
  'IDENTITY.NULL',
  'REFERENCE.DECLARED',
  'REFERENCE.SENTINELS',
])
