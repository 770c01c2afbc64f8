/**
 * What all tests need, made once for a whole run. The program is compiled: most tests start it, and node starts what is
 * compiled in half the time that it takes to read the sources. Types are another command's business.
 */
import { copyFileSync, mkdtempSync, realpathSync, rmSync, statfsSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execaNode } from 'execa'

const root = fileURLToPath(new URL('../../', import.meta.url))

export default async function setUp(): Promise<() => void> {
  // Thousands of small databases, each synced to the disk many times: where memory is offered as a folder, they go there.
  if (process.env.TMPDIR === undefined && hasRoom('/dev/shm')) process.env.TMPDIR = '/dev/shm'
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ulid-migrate-program-')))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const config = join(root, 'test/support/program.tsconfig.json')
  await execaNode(join(root, 'node_modules/typescript/bin/tsc'), ['-p', config, '--outDir', folder])
  process.env.ULID_MIGRATE_TESTED = folder // the workers inherit it
  return () => rmSync(folder, { recursive: true, force: true })
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return process.platform === 'linux' && bavail * bsize > 4e9
  } catch {
    return false
  }
}
