/** The databases of the exam, and what is labelled by hand: of those that declare nothing, and where a key was forgotten. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databasesIn } from '../corpus/folder.ts'
import type { TrueReference } from './truth.ts'

export interface Case {
  readonly name: string
  readonly path: string
  readonly labelled: readonly TrueReference[]
}

interface Labels {
  readonly database: string
  readonly references: readonly (Omit<TrueReference, 'columns' | 'parentColumns'> & {
    readonly column?: string
    readonly columns?: readonly string[]
    readonly parentColumn?: string
    readonly parentColumns?: readonly string[]
  })[]
}

/** Every SQLite database below `folder`; files of labels lie in `truth`. */
export function casesIn(folder: string, truth: string): readonly Case[] {
  if (!existsSync(folder)) return []
  const labels = existsSync(truth)
    ? readdirSync(truth)
        .filter(name => name.endsWith('.json'))
        .map(name => JSON.parse(readFileSync(join(truth, name), 'utf8')) as Labels)
    : []
  return databasesIn(folder)
    .map(name => ({ name, path: join(folder, name), labelled: labelsOf(labels, name) }))
    .filter(({ path }) => readFileSync(path).toString('latin1', 0, 15) === 'SQLite format 3')
}

function labelsOf(labels: readonly Labels[], name: string): readonly TrueReference[] {
  return labels
    .filter(each => each.database === name)
    .flatMap(({ references }) => references)
    .map(({ column, columns, parentColumn, parentColumns, ...rest }) => ({
      ...rest,
      columns: columns ?? [column!],
      parentColumns: parentColumns ?? [parentColumn!],
    }))
}
