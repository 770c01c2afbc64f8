/**
 * `npm run detection [-- NAME]`: how well references are found that nobody declared. Takes every database of the corpus
 * that has declared keys, removes the declarations, detects, and compares; databases without keys are compared with what
 * is labelled by hand in truth/. Prints precision and recall per file and in total, what was missed, and how often each
 * confidence was right. Exits 1 where a target is missed. Another folder of databases is named by ULID_MIGRATE_DETECTION.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corpusExists, corpusFolder } from '../corpus/folder.ts'
import { casesIn, usualCases } from './cases.ts'
import { exam } from './exam.ts'
import { calibration, lineOf, nameOf, sum } from './report.ts'

const wanted = process.argv[2] ?? ''
const scratch = mkdtempSync(join(tmpdir(), 'ulid-migrate-detection-'))
try {
  if (!corpusExists)
    console.error(`There is no corpus in ${corpusFolder}; only the demo's databases are looked at.`)
  const named = process.env.ULID_MIGRATE_DETECTION
  const cases = named === undefined ? usualCases(corpusFolder, scratch) : casesIn(named)
  const scores = []
  for (const each of cases.filter(({ name }) => name.includes(wanted))) {
    const result = await exam(each, scratch)
    scores.push(result)
    console.log(lineOf(each.name, result))
    for (const wrong of result.wrong)
      console.log(`    wrong   ${nameOf(wrong)}  ${wrong.confidence} ${wrong.why}`)
    for (const found of result.onlyOffered)
      console.log(`    offered ${nameOf(found)}  ${found.confidence} ${found.why}`)
    for (const each of result.judged)
      if (!each.right && each.confidence > 0.5 && each.confidence < 0.9)
        console.log(`    doubt   ${nameOf(each.found)} ${each.confidence} ${each.found.why}`)
    for (const missed of result.missed) console.log(`    missed  ${nameOf(missed)}`)
  }
  const all = sum(scores)
  console.log(lineOf('in total', all))
  for (const line of calibration(scores)) console.log(line)
  const { truths, accepted, offered } = all
  process.exitCode =
    accepted.right >= accepted.found * 0.99 &&
    accepted.right >= truths * 0.9 &&
    offered.right >= truths * 0.97
      ? 0
      : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
