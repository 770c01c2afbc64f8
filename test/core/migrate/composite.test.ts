import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { contentHash, makeDatabase, rowsOf } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobId } from '../../support/jobs.ts'

describe('a foreign key of several columns', () => {
  test('follows its identity member by member, or is refused by name; it is never broken silently', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'parts.db'),
      `CREATE TABLE jobs(id TEXT PRIMARY KEY, part INT, UNIQUE(id, part));
       CREATE TABLE logs(n INTEGER PRIMARY KEY, job TEXT, part INT, FOREIGN KEY(job, part) REFERENCES jobs(id, part));
       INSERT INTO jobs VALUES('${jobId(1)}', 1), ('${jobId(2)}', 2);
       INSERT INTO logs(job, part) VALUES('${jobId(1)}', 1), ('${jobId(2)}', 2), ('${jobId(2)}', 3), (NULL, 1)`,
    )
    const joined =
      'SELECT logs.n, jobs.part FROM logs LEFT JOIN jobs ON jobs.id = logs.job AND jobs.part = logs.part ORDER BY 1'
    const [before, content] = [rowsOf(path, joined), contentHash(path)]
    const settings = settingsIn(folder)
    try {
      await migrate(path, {}, undefined, inProcess(settings))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      expect(error.failure).toMatchObject({ code: 'REFERENCE.COMPOSITE', exit: 4 })
    }
    expect(rowsOf(path, joined)).toEqual(before)
    if (contentHash(path) !== content) await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(content)
  })
})

describe('a key of several columns', () => {
  test('keeps its members in step with their parents, also without a rowid', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'links.db'),
      `CREATE TABLE jobs(id TEXT PRIMARY KEY, n INT); CREATE TABLE tags(id TEXT PRIMARY KEY, n INT);
       CREATE TABLE links(job_id TEXT REFERENCES jobs(id), tag_id TEXT REFERENCES tags(id), w INT, PRIMARY KEY(job_id, tag_id)) WITHOUT ROWID;
       INSERT INTO jobs VALUES('${jobId(1)}', 1), ('${jobId(2)}', 2); INSERT INTO tags VALUES('${jobId(11)}', 11), ('${jobId(12)}', 12);
       INSERT INTO links SELECT jobs.id, tags.id, jobs.n * 100 + tags.n FROM jobs, tags;
       INSERT INTO links VALUES('${jobId(9)}', '${jobId(11)}', 911)`,
    )
    const joined =
      'SELECT w, jobs.n, tags.n FROM links LEFT JOIN jobs ON jobs.id = job_id LEFT JOIN tags ON tags.id = tag_id ORDER BY w'
    const [before, content] = [rowsOf(path, joined), contentHash(path)]
    const settings = settingsIn(folder)
    expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({
      status: 'succeeded',
      identities: 2,
    })
    expect(rowsOf(path, joined)).toEqual(before)
    expect(
      rowsOf(path, 'SELECT count(*) FROM links WHERE length(job_id) <> 26 OR length(tag_id) <> 26'),
    ).toEqual([[0n]])
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(content)
  })
})
