/** One database, detected without its declared keys, and judged. */

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { detect } from '../../src/core/detect/detect.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { corpusContext } from '../corpus/context.ts'
import type { Case } from './cases.ts'
import { foundIn, type Score, score } from './score.ts'
import { FEW, type TrueReference, valuesIn } from './truth.ts'
import { copyWithoutKeys } from './without-keys.ts'

let files = 0

/** References that hold too few values are judged neither as found nor as missed. */
export async function exam({ path, labelled }: Case, scratch: string): Promise<Score> {
  const copy = join(scratch, `${++files}.db`)
  const truths = [...copyWithoutKeys(path, copy), ...labelled]
  const context = corpusContext({ stateDir: scratch, snapshotDir: scratch, waitSeconds: 0 })
  const { document } = await lookAt(copy, context, looking => detect(looking, {}, () => Promise.resolve()))
  const db = new Database(copy, { readonly: true })
  try {
    const holdsSome = (reference: TrueReference) => valuesIn(db, reference) >= FEW
    return score(truths.filter(holdsSome), foundIn(document).filter(holdsSome))
  } finally {
    db.close()
  }
}
