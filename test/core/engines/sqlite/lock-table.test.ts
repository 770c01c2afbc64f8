import { expect, test } from 'vitest'
import { lockHolder, openBy } from '../../../../src/core/engines/sqlite/lock-holder.ts'
import { holdersIn, processesIn } from '../../../../src/core/engines/sqlite/lock-table.ts'
import { makeDatabase } from '../../../support/database.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { otherProgram } from '../../../support/other-program.ts'

const table = `1: POSIX  ADVISORY  WRITE 101 fd:01:7001 1073741825 1073741825
2: POSIX  ADVISORY  READ 102 fd:01:7001 1073741826 1073742335
2: -> POSIX  ADVISORY  WRITE 109 fd:01:7001 1073741825 1073741825
3: POSIX  ADVISORY  READ 103 fd:01:7002 123 123
4: POSIX  ADVISORY  WRITE 104 fd:01:7002 120 120
5: FLOCK  ADVISORY  WRITE 105 fd:01:7001 0 EOF
6: POSIX  ADVISORY  WRITE 106 fd:01:7001 0 EOF
`

test('holders are those whose lock keeps a writer out, by the bytes that SQLite locks', () => {
  expect(holdersIn(table, { file: 7001 })).toEqual([101, 102])
  expect(holdersIn(table, { file: 7001, shm: 7002 })).toEqual([101, 102, 104])
  expect(holdersIn('', { file: 7001 })).toEqual([])
})

test('lsof names processes and programs, also ones with blanks in their names', () => {
  expect(processesIn('p4711\ncpython3\nf12\np12\ncmy app\nf3\n')).toEqual([
    { pid: 4711, program: 'python3' },
    { pid: 12, program: 'my app' },
  ])
})

test.runIf(process.platform === 'linux')(
  'of two programs that have a file open, the one that locks it is named as the holder (needs /proc)',
  async () => {
    const path = makeDatabase(`${temporaryFolder()}/a.db`, 'CREATE TABLE t(x)')
    const idle = await otherProgram(path, "db.prepare('SELECT count(*) FROM t').get()")
    expect(lockHolder(path)).toMatch(new RegExp(`process ${idle.pid} \\(node.*\\) has it open`))
    const busy = await otherProgram(path, "db.exec('BEGIN IMMEDIATE')")
    expect(lockHolder(path)).toMatch(new RegExp(`^process ${busy.pid} \\(node.*\\) holds a lock on it$`))
    expect(
      openBy(path)
        .map(each => each.pid)
        .sort(),
    ).toEqual([idle.pid, busy.pid].sort())
  },
)
