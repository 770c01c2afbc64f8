/** What a plan makes of the schema: the stored text of each object that changes, before and after. */
import type { SchemaChange } from '../documents.ts'
import type { SchemaObject } from '../schema/model.ts'

/** In the order in which they are stored; what is new comes last. */
export function schemaChanges(
  before: readonly SchemaObject[],
  after: readonly SchemaObject[],
): readonly SchemaChange[] {
  const keyOf = ({ type, name }: SchemaObject) => `${type} ${name}`
  const was = new Map(before.map(object => [keyOf(object), object]))
  const is = new Map(after.map(object => [keyOf(object), object]))
  return [...new Map([...was, ...is])].flatMap(([key, { type, name }]) => {
    const [old, now] = [was.get(key)?.sql ?? null, is.get(key)?.sql ?? null]
    return old === now ? [] : [{ type, name, before: old, after: now }]
  })
}
