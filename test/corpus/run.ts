/**
 * `npm run corpus [-- NAME]`: takes every database of the corpus (or those whose name contains NAME) there and back, by
 * default choices, and with `--all` in both forms and as an expansion. Exits 1 when one does not end as expected, 2 when there is no corpus.
 */
import { expandAndWrite } from './both-ids.ts'
import { cases } from './cases.ts'
import { corpusDatabases, corpusExists, corpusFolder, isDuckDB, pathOf, printOf } from './folder.ts'
import { modes, travel } from './journey.ts'
import { complaintAbout } from './judge.ts'
import { writeAndUndo } from './since.ts'
import { head, lineOf } from './table.ts'

if (!corpusExists) {
  console.error(`There is no corpus in ${corpusFolder}. Name its folder by ULID_MIGRATE_CORPUS.`)
  process.exit(2)
}

const wanted = process.argv[2] ?? ''
const names = corpusDatabases().filter(name => name.includes(wanted))
const prints = names.map(name => printOf(pathOf(name)))
const counts = { expected: 0, unexpected: 0 }

console.log(head)
for (const name of names)
  for (const mode of modes) {
    const expected = cases[name]?.[mode]
    const begun = performance.now()
    const journey = await travel(pathOf(name), mode, expected?.accept ?? [])
    const complaint = complaintAbout(journey, expected)
    counts[complaint === null ? 'expected' : 'unexpected'] += 1
    console.log(lineOf(name, mode, journey, (performance.now() - begun) / 1000, complaint))
  }

const since = { inserted: 0, updated: 0, deleted: 0, refused: 0, failed: 0, files: 0 }
for (const name of names)
  for (const mode of ['default', 'pure'] as const) {
    const done = await writeAndUndo(pathOf(name), mode, cases[name]?.[mode].accept ?? [])
    if (done.end === 'as it should') since.files += 1
    if (done.end === 'failed') since.failed += 1
    for (const what of ['inserted', 'updated', 'deleted'] as const) since[what] += done[what]
    since.refused += done.refused.length
    console.log(
      `written since, then undone and restored: ${name} (${mode}) ${done.end}, ${done.inserted} inserted, ${done.updated} updated, ${done.deleted} deleted${done.refused.length > 0 ? `; refused ${done.refused.join('; ')}` : ''}${done.end === 'failed' ? `: ${done.why}` : ''}`,
    )
  }

const both = { written: 0, refused: 0, contracts: 0, failed: 0, files: 0 }
// DuckDB has no triggers, so nothing keeps both ids true there while others write.
for (const name of names.filter(each => !isDuckDB(pathOf(each)))) {
  const done = await expandAndWrite(pathOf(name))
  if (done.end === 'as it should') both.files += 1
  if (done.end === 'failed') both.failed += 1
  both.written += done.written
  both.refused += done.refused
  both.contracts += done.contracts
  console.log(
    `expanded, written to by the legacy ids, contracted and back, collapsed: ${name} ${done.end}, ${done.contracts} contracts, ${done.written} rows, ${done.refused} statements refused by SQLite on both sides${done.end === 'failed' ? `: ${done.why}` : ''}`,
  )
}

const written = names.filter((name, at) => printOf(pathOf(name)) !== prints[at])
const unread = names.filter(name => !(name in cases))
const absent = Object.keys(cases).filter(name => name.includes(wanted) && !names.includes(name))
if (unread.length > 0) console.log(`Without a case, so nothing was agreed to: ${unread.join(', ')}`)
if (absent.length > 0) console.log(`Not in this folder: ${absent.join(', ')}`)
if (written.length > 0) console.log(`FAILED: the originals were written to: ${written.join(', ')}`)
console.log(
  `${names.length} databases in ${corpusFolder} and beside it: ${counts.expected} journeys as expected, ${counts.unexpected} not.`,
)
console.log(
  `After ${since.files} migrations ${since.inserted} rows were inserted, ${since.updated} updated, ${since.deleted} deleted by others (${since.refused} refused by the database); ${since.failed} undos or restores not as they should.`,
)
console.log(
  `In ${both.files} expansions ${both.written} rows were written by the legacy ids (${both.refused} statements refused, as without the expansion), and ${both.contracts} contracts were made and taken back; ${both.failed} fell out of step, or differ from a twin that never was expanded.`,
)
process.exitCode =
  counts.unexpected + written.length + since.failed + both.failed > 0 || names.length === 0 ? 1 : 0
