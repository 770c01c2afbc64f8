import type { DetectedIdentity, DetectedTarget } from '../../../src/core/documents.ts'

/** The identity called `table.column`. */
export function identityIn(found: DetectedTarget, name: string): DetectedIdentity {
  const identity = found.identities.find(each => `${each.table}.${each.column}` === name)
  if (identity) return identity
  throw new Error(
    `${name} is not among ${found.identities.map(each => `${each.table}.${each.column}`).join(', ')}`,
  )
}

/** Text and blob identities that would be migrated. */
export function migrating(found: DetectedTarget): readonly string[] {
  return found.identities.filter(each => each.migrate).map(each => `${each.table}.${each.column}`)
}

/** Places whose values follow the identity, with their kind. */
export function accepted(identity: DetectedIdentity): readonly string[] {
  return identity.references
    .filter(each => each.choice === 'accepted')
    .map(each => `${each.table}.${each.column} ${each.kind}`)
}

export function codesOf(found: DetectedTarget): readonly string[] {
  return found.findings.map(each => each.code)
}
