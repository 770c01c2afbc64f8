/** Files that are databases by their first bytes, for what goes by those alone. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const contents = {
  sqlite: Buffer.concat([Buffer.from('SQLite format 3\0', 'latin1'), Buffer.alloc(84)]),
  duckdb: Buffer.concat([Buffer.alloc(8), Buffer.from('DUCK'), Buffer.alloc(88)]),
  empty: Buffer.alloc(0),
  other: Buffer.from('SHELF-1\n and what Dhara keeps'),
} as const

/** @returns the path */
export function putFile(path: string, content: keyof typeof contents = 'sqlite'): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, contents[content])
  return path
}
