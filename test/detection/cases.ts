/** The databases of the exam, and what is labelled by hand: of those that declare nothing, and where a key was forgotten. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { writeSqliteDemo } from '../../src/core/systems/demo.ts'
import { databasesIn } from '../corpus/folder.ts'
import type { TrueReference } from './truth.ts'

export interface Case {
  readonly name: string
  readonly path: string
  readonly labelled: readonly TrueReference[]
  /** True in a sense: finding them is neither right nor wrong. */
  readonly optional: readonly TrueReference[]
}

type Label = Omit<TrueReference, 'columns' | 'parentColumns'> & {
  readonly column?: string
  readonly columns?: readonly string[]
  readonly parentColumn?: string
  readonly parentColumns?: readonly string[]
  readonly kind?: string
  readonly optional?: boolean
}

interface Labels {
  readonly database: string
  readonly references: readonly Label[]
}

/** Databases of the corpus, of the folder `systems` beside it, and of the demo, which is made in `scratch`; labels lie in truth/. */
export function usualCases(corpus: string, scratch: string): readonly Case[] {
  const demo = join(scratch, 'demo')
  writeSqliteDemo({ directory: demo })
  const labels = labelsIn(join(import.meta.dirname, 'truth'), name => name.endsWith('.json'))
  return [
    ...filesIn(corpus, ''),
    ...filesIn(join(dirname(corpus), 'systems'), 'systems/'),
    ...filesIn(demo, 'demo/'),
  ].map(file => ({ ...file, ...labelsOf(labels.filter(each => each.database === file.name)) }))
}

/** The same for any folder, where the labels of `x.sqlite` lie beside it as `x.truth.json`. */
export function casesIn(folder: string): readonly Case[] {
  const labels = labelsIn(folder, name => name.endsWith('.truth.json'))
  return filesIn(folder, '').map(file => ({
    ...file,
    ...labelsOf(labels.filter(each => basename(each.database) === basename(file.name))),
  }))
}

function filesIn(folder: string, before: string): { readonly name: string; readonly path: string }[] {
  if (!existsSync(folder)) return []
  return databasesIn(folder)
    .map(name => ({ name: before + name, path: join(folder, name) }))
    .filter(({ path }) => readFileSync(path).toString('latin1', 0, 15) === 'SQLite format 3')
}

function labelsIn(folder: string, isLabel: (name: string) => boolean): readonly Labels[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isLabel)
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Labels)
}

function labelsOf(labels: readonly Labels[]): Pick<Case, 'labelled' | 'optional'> {
  const all = labels.flatMap(({ references }) => references).filter(each => each.kind !== 'opaque')
  const references = (list: readonly Label[]): readonly TrueReference[] =>
    list.map(({ table, column, columns, parent, parentColumn, parentColumns, path, pattern, when }) => ({
      table,
      columns: columns ?? [column!],
      parent,
      parentColumns: parentColumns ?? [parentColumn!],
      ...(path === undefined ? {} : { path }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(when === undefined ? {} : { when }),
    }))
  return {
    labelled: references(all.filter(each => each.optional !== true)),
    optional: references(all.filter(each => each.optional === true)),
  }
}
