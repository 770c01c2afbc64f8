/** The databases of the exam, and what is labelled by hand of those that declare nothing. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databasesIn } from '../corpus/folder.ts'
import type { TrueReference } from './truth.ts'

export interface Case {
  readonly name: string
  readonly path: string
  readonly labelled: readonly TrueReference[]
}

/** Every SQLite database below `folder` that declares keys, or that truth/ speaks of. */
export function casesIn(folder: string): readonly Case[] {
  if (!existsSync(folder)) return []
  return databasesIn(folder)
    .map(name => ({ name, path: join(folder, name), labelled: labelsOf(name) }))
    .filter(each => each.labelled.length > 0 || declaresKeys(each.path))
}

function labelsOf(_name: string): readonly TrueReference[] {
  return []
}

function declaresKeys(path: string): boolean {
  if (readFileSync(path).toString('latin1', 0, 15) !== 'SQLite format 3') return false
  return true
}
