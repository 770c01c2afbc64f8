/** Small systems beside each other: a database, a source folder with tests of its own, and a config file that names them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDatabase } from './database.ts'
import { temporaryFolder } from './folder.ts'
import { jobsSql } from './jobs-sql.ts'

/** What a system's tests do: they count what is joined, and do as the file `mood` beside them says. */
const check = `import os, sqlite3, sys, time
mood = open('mood').read() if os.path.exists('mood') else ''
joined = sqlite3.connect('data.db').execute('SELECT count(*) FROM logs JOIN jobs USING (job_id)').fetchone()[0]
print(joined, 'logs have their job')
open('pid', 'w').write(str(os.getpid()))
if mood == 'hang': time.sleep(600)
if mood == 'fail': print('FAIL: test_ids (tests.Ids)')
sys.exit(1 if mood == 'fail' or joined != 10 else 0)
`

export interface Systems {
  readonly folder: string
  readonly names: readonly string[]
  database(name: string): string
  /** What the tests of a system do from now on. */
  mood(name: string, mood: 'pass' | 'fail' | 'hang'): void
  /** The process that ran them last; 0 where none did. */
  testedBy(name: string): number
}

/**
 * Their order is that of `names`. With `sharing` they all have the very same jobs; else each has its own.
 *
 * @param more what the config file says of them besides
 */
export function makeSystems(
  names: readonly string[],
  more: Readonly<Record<string, object>> = {},
  sharing = false,
): Systems {
  const folder = temporaryFolder()
  const database = (name: string) => join(folder, name, 'data.db')
  for (const [at, name] of names.entries()) {
    mkdirSync(join(folder, name))
    makeDatabase(database(name), sharing ? jobsSql : jobsSql.replaceAll('-1234-', `-000${at}-`))
    writeFileSync(join(folder, name, 'check.py'), check)
  }
  const systems = names.map(name => [
    name,
    {
      title: name.toUpperCase(),
      folder: name,
      targets: ['data.db'],
      test: { argv: ['python3', 'check.py'], limit: 60 },
      queries: { 'number of jobs': 'SELECT count(*) FROM jobs' },
      ...more[name],
    },
  ])
  const config = { order: names, systems: Object.fromEntries(systems) }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify(config))
  return {
    folder,
    names,
    database,
    mood: (name, mood) => writeFileSync(join(folder, name, 'mood'), mood),
    testedBy: name => {
      try {
        return Number(readFileSync(join(folder, name, 'pid'), 'utf8'))
      } catch {
        return 0
      }
    },
  }
}
