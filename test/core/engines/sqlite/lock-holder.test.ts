import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockHolder } from '../../../../src/core/engines/sqlite/lock-holder.ts'
import { makeDatabase } from '../../../support/database.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { otherProgram } from '../../../support/other-program.ts'

test.skipIf(process.platform !== 'linux')(
  'the programs that have a file open are named, and nobody when they are gone (needs /proc)',
  async () => {
    const path = makeDatabase(join(temporaryFolder(), 'jobs.db'), 'CREATE TABLE jobs(id)')
    expect(lockHolder(path)).toBe('')
    const program = await otherProgram(path, "db.prepare('SELECT * FROM jobs').all()")
    expect(lockHolder(path)).toBe(`process ${program.pid} (node) has it open`)
    await program.kill()
    expect(lockHolder(path)).toBe('')
  },
)

test('a file that is not there is held by nobody', () => {
  expect(lockHolder(join(temporaryFolder(), 'nothing.db'))).toBe('')
})
