/** The texts of a schema as short prints, kept beside a plan so that what has moved since can be named. */
import { createHash } from 'node:crypto'
import type { SchemaObject } from './model.ts'

export interface ObjectPrint {
  readonly type: SchemaObject['type']
  readonly name: string
  /** A hash of the stored text. */
  readonly text: string
}

export function printOf(objects: readonly SchemaObject[]): readonly ObjectPrint[] {
  return objects.map(({ type, name, table, sql }) => ({
    type,
    name,
    text: createHash('sha256')
      .update(JSON.stringify([table, sql]))
      .digest('hex')
      .slice(0, 16),
  }))
}

/** What is new, gone, or has another text: `trigger posts_ai is gone`. */
export function movedSince(
  before: readonly ObjectPrint[],
  objects: readonly SchemaObject[],
): readonly string[] {
  const now = printOf(objects)
  const same = (a: ObjectPrint, b: ObjectPrint) => a.type === b.type && a.name === b.name
  const told = (what: string) => (each: ObjectPrint) => `${each.type} ${each.name} ${what}`
  return [
    ...now.filter(each => !before.some(other => same(each, other))).map(told('is new')),
    ...before.filter(each => !now.some(other => same(each, other))).map(told('is gone')),
    ...now
      .filter(each => before.some(other => same(each, other) && other.text !== each.text))
      .map(told('has another text')),
  ]
}
