import type { SchemaObject } from '../../schema/model.ts'
import { type CheckDefinition, failed, passed } from '../check.ts'

export const schemaDifference: CheckDefinition = {
  id: 'schema',
  claim: 'The stored texts of all tables, indexes, views and triggers are byte-equal to what the plan says.',
  async run({ before, after, expected }) {
    const is = texts(after.objects)
    const shall = texts(expected)
    const faults = [
      ...[...shall].filter(([key]) => !is.has(key)).map(([key]) => `${key} is gone`),
      ...[...is].filter(([key]) => !shall.has(key)).map(([key]) => `${key} is new`),
      ...[...is]
        .filter(([key, sql]) => shall.has(key) && shall.get(key) !== sql)
        .map(([key]) => `${key} has another text`),
    ]
    if (faults.length > 0)
      return failed(expected.length, `${faults.length} objects differ from the plan`, faults)
    const was = texts(before.objects)
    const changed = [...is].filter(([key, sql]) => was.get(key) !== sql).length
    return passed(expected.length, `${expected.length - changed} objects byte-equal, ${changed} as planned`)
  },
}

function texts(objects: readonly SchemaObject[]): Map<string, string> {
  return new Map(
    objects.map(({ type, name, table, sql }) => [
      type === 'trigger' || type === 'index' ? `${type} ${name} on ${table}` : `${type} ${name}`,
      sql,
    ]),
  )
}
