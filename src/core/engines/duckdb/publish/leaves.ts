/** The scalars that a type of DuckDB is made of: `STRUCT(a UUID, b INTEGER[])` has two. */
import { isNested, mapType } from '../type-text.ts'

/** Whether it holds any text as it is. */
export function isText(scalar: string): boolean {
  return scalar === 'VARCHAR' || scalar === 'JSON'
}

/** The type with each of its scalars, numbered from 0 in the order of the text, replaced. */
export function mapLeaves(type: string, replace: (scalar: string, leaf: number) => string): string {
  let leaf = 0
  return mapType(type, part => (isNested(part) ? null : replace(part, leaf++)))
}

/** The type with text in place of every scalar: what any JSON document of that shape can be read as. */
export function asTexts(type: string): string {
  return mapLeaves(type, scalar => (isText(scalar) ? scalar : 'VARCHAR'))
}

/** The numbers of the scalars that hold no text. */
export function otherLeaves(type: string): readonly number[] {
  const others: number[] = []
  mapLeaves(type, (scalar, leaf) => {
    if (!isText(scalar)) others.push(leaf)
    return scalar
  })
  return others
}
