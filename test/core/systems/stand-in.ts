/** Small Python programs that behave as the systems do, well or badly, described as a system of the config file would be. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Initialization, System } from '../../../src/core/systems/system.ts'
import { temporaryFolder } from '../../support/folder.ts'

export interface StandIn {
  readonly system: System
  /** Where it makes its tables. */
  readonly database: string
  /** Its other place, where nobody makes anything. */
  readonly other: string
  readonly folder: string
}

interface Options extends Partial<Initialization> {
  /** After the database. */
  readonly words?: readonly string[]
}

/** @param script without `.py`; '' for a command of the options' own */
export function standIn(script: string, { words = [], ...command }: Options = {}): StandIn {
  const folder = join(temporaryFolder(), 'stand-in')
  mkdirSync(folder)
  const database = join(folder, 'data/jobs.db')
  const other = join(folder, 'other.db')
  const file = join(import.meta.dirname, 'stand-ins', `${script}.py`)
  return {
    folder,
    database,
    other,
    system: {
      name: 'stand-in',
      title: 'Stand-in',
      folder,
      folders: [folder],
      places: [other, database].map(path => ({ path, what: '', there: false })),
      inMemory: false,
      schema: 'crackerjack',
      initialize: {
        argv: ['python3', file, database, ...words],
        expect: ['jobs', 'errors'],
        limit: 20,
        settle: 0.3,
        grace: 3,
        ...command,
        // Beside the tests nothing is to be left.
        environment: { PYTHONDONTWRITEBYTECODE: '1', ...command.environment },
      },
      sources: [],
      generator: { module: 'dhruva', name: 'generate' },
      interpreter: ['python3'],
      test: null,
      queries: {},
    },
  }
}
