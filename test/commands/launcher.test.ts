import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cli } from '../support/program.ts'

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The program in a process of its own, with pipes where a terminal would be. */
function launch(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start([cli, ...argv], environment)
}

function start(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise(resolve => {
    const child = execFile(
      process.execPath,
      [...argv],
      { env: { ...process.env, ...environment }, maxBuffer: 1 << 26 },
      (_, stdout, stderr) => resolve({ exit: child.exitCode, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

describe('the launched program', () => {
  test('without a command and a terminal exits 2, with short help on stderr only', async () => {
    const { exit, stdout, stderr } = await launch([])
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain('migrate')
    expect(stderr).toContain('is not a terminal')
  })

  test('prints help that was asked for on stdout', async () => {
    const { exit, stdout, stderr } = await launch(['--help'])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: ulid-migrate')
  })

  test('prints its version', async () => {
    const { exit, stdout } = await launch(['--version'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('says which Node it needs before it imports anything else', async () => {
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.9' } })"
    const argv = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, cli, '--help']
    const { exit, stdout, stderr } = await start(argv)
    expect([exit, stdout]).toEqual([1, ''])
    expect(stderr).toContain('needs Node 20.19 or later. This is 20.18.9')
  })

  test('exits 2 for a flag it does not know', async () => {
    expect(await launch(['status', '--nonsense'])).toMatchObject({ exit: 2, stdout: '' })
  })

  test('writes no escape byte with NO_COLOR, --no-color or into a pipe', async () => {
    const runs = await Promise.all([
      launch(['nonsense'], { NO_COLOR: '1', FORCE_COLOR: '3' }),
      launch(['ulid', '--inspect', 'x\x1b[31m', '--no-color'], { FORCE_COLOR: '3' }),
      launch(['status', '--nonsense']),
    ])
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain('\x1b')
  })

  test('ends quietly when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [cli, 'ulid', '2000000'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', data => {
      stderr += data
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const exit = await new Promise(resolve => child.once('close', resolve))
    expect([exit, stderr]).toEqual([0, ''])
  })
})

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  const shell = (line: string) => {
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$1" ${line}`, process.execPath, cli], {
      encoding: 'utf8',
    })
    return { status, stderr }
  }

  test('is a failure where it is the result, said in the form that was asked for', () => {
    expect(shell('ulid >/dev/full')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^ulid-migrate: results could not be written: ENOSPC.*\n$/),
    })
    const events = shell('detect --help --events >/dev/full')
    expect(events.status).toBe(1)
    expect(JSON.parse(events.stderr)).toMatchObject({ type: 'failed', error: { code: 'OUTPUT.LOST' } })
  })

  test('takes no place of another failure, and closed streams are none', () => {
    expect(shell('detect nowhere.db 2>/dev/full').status).toBe(4)
    expect(shell('ulid <&- >&- 2>&-').status).toBe(0)
  })
})

describe('ulid', () => {
  test('makes as many as asked for, in strict order', async () => {
    const { stdout } = await launch(['ulid', '10000'])
    const made = stdout.trimEnd().split('\n')
    expect(made).toHaveLength(10_000)
    expect(made.every(ulid => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(ulid))).toBe(true)
    expect(made.every((ulid, index) => index === 0 || (made[index - 1] ?? '') < ulid)).toBe(true)
  })

  test('makes lower case ones, and a document of them', async () => {
    const { stdout } = await launch(['ulid', '5000', '--case', 'lower', '--json'])
    const document = JSON.parse(stdout) as { schema: string; ulids: string[] }
    expect(document.schema).toBe('ulid-migrate.ulid/1')
    expect(new Set(document.ulids).size).toBe(5000)
    expect(document.ulids.every(ulid => ulid === ulid.toLowerCase())).toBe(true)
  })

  test.each([
    ['01KEXWDFNRRMDJHG5GXSQG2QCQ', { kind: 'ulid', ulid: true }],
    ['project-20260211-072500', { kind: 'name-timestamp', ulid: false, time: '2026-02-11T07:25:00.000Z' }],
    ['8ZZZZZZZZZZZZZZZZZZZZZZZZZ', { ulid: false }],
    ['42', { kind: 'integer', ulid: false, time: null }],
  ])('says what %s is', async (value, expected) => {
    const { exit, stdout } = await launch(['ulid', '--inspect', value, '--json'])
    expect(exit).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'ulid-migrate.ulid/1', value, ...expected })
  })
})
