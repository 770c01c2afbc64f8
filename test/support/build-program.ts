/**
 * Compiles the program once for a whole run of the tests: most of them start it, and node starts what is compiled in half
 * the time that it takes to read the sources. Types are another command's business.
 */
import { copyFileSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execaNode } from 'execa'

const root = fileURLToPath(new URL('../../', import.meta.url))

export default async function buildProgram(): Promise<() => void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ulid-migrate-program-')))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const config = join(root, 'test/support/program.tsconfig.json')
  await execaNode(join(root, 'node_modules/typescript/bin/tsc'), ['-p', config, '--outDir', folder])
  process.env.ULID_MIGRATE_TESTED = folder // the workers inherit it
  return () => rmSync(folder, { recursive: true, force: true })
}
