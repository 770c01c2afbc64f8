import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { suffixes } from '../../../../../src/core/engines/duckdb/sidecars.ts'
import { duckCount } from '../../../../support/duck-rows.ts'
import { temporaryFolder } from '../../../../support/folder.ts'
import { journal, redeclare, ulidOf, workshop } from '../../../../support/publishing.ts'

test.each([3, 30_000])(
  'whoever is killed right after the COMMIT has left the new content, in the file alone: %i rows',
  async rows => {
    const shop = await workshop(
      'CREATE TABLE p(id INTEGER PRIMARY KEY, n DOUBLE)',
      'CREATE TABLE c(p INTEGER REFERENCES p(id), l INTEGER[])',
      'CREATE INDEX i ON c(p)',
      `INSERT INTO p SELECT r, r / 2 FROM range(${rows}) t(r)`,
      'INSERT INTO c SELECT id, [id, NULL] FROM p',
    )
    await shop.publish(copy => {
      copy.function('ulid_of', value => ulidOf(value as number))
      redeclare(copy, 'p', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      redeclare(copy, 'c', sql => sql.replace('"p" INTEGER', '"p" TEXT'))
      copy.exec('UPDATE p SET id = ulid_of(id); UPDATE c SET p = ulid_of(p)')
      journal(copy)
    })
    // It is still open: what lies there is what a kill would leave. Copied by others, since reading lets go of the lock.
    expect(suffixes.filter(suffix => existsSync(shop.path + suffix))).toEqual([])
    const left = join(temporaryFolder(), 'd.duckdb')
    execFileSync('cp', [shop.path, left])
    expect(await duckCount(left, "SELECT count(*) FROM p JOIN c ON c.p = p.id WHERE id LIKE '01K%'")).toBe(
      rows,
    )
  },
)
