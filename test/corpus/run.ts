/**
 * `npm run corpus [-- NAME]`: takes every database of the corpus (or those whose name contains NAME) there and back, by
 * default choices and with `--all` in both forms. Exits 1 when one does not end as expected, 2 when there is no corpus.
 */
import { join } from 'node:path'
import { cases } from './cases.ts'
import { corpusExists, corpusFolder, databasesIn, printOf } from './folder.ts'
import { modes, travel } from './journey.ts'
import { complaintAbout } from './judge.ts'
import { head, lineOf } from './table.ts'

if (!corpusExists) {
  console.error(`There is no corpus in ${corpusFolder}. Name its folder by ULID_MIGRATE_CORPUS.`)
  process.exit(2)
}

const wanted = process.argv[2] ?? ''
const names = databasesIn(corpusFolder).filter(name => name.includes(wanted))
const prints = names.map(name => printOf(join(corpusFolder, name)))
const counts = { expected: 0, unexpected: 0 }

console.log(head)
for (const name of names)
  for (const mode of modes) {
    const expected = cases[name]?.[mode]
    const begun = performance.now()
    const journey = await travel(join(corpusFolder, name), mode, expected?.accept ?? [])
    const complaint = complaintAbout(journey, expected)
    counts[complaint === null ? 'expected' : 'unexpected'] += 1
    console.log(lineOf(name, mode, journey, (performance.now() - begun) / 1000, complaint))
  }

const written = names.filter((name, at) => printOf(join(corpusFolder, name)) !== prints[at])
const unread = names.filter(name => !(name in cases))
const absent = Object.keys(cases).filter(name => name.includes(wanted) && !names.includes(name))
if (unread.length > 0) console.log(`Without a case, so nothing was agreed to: ${unread.join(', ')}`)
if (absent.length > 0) console.log(`Not in this folder: ${absent.join(', ')}`)
if (written.length > 0) console.log(`FAILED: the originals were written to: ${written.join(', ')}`)
console.log(
  `${names.length} databases in ${corpusFolder}: ${counts.expected} journeys as expected, ${counts.unexpected} not.`,
)
process.exitCode = counts.unexpected + written.length > 0 || names.length === 0 ? 1 : 0
