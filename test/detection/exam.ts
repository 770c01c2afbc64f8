/** One database, detected without its declared keys, and judged. */

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { detect } from '../../src/core/detect/detect.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { corpusContext } from '../corpus/context.ts'
import type { Case } from './cases.ts'
import { foundIn, isSame, type Score, score } from './score.ts'
import { FEW, type TrueReference, valuesIn } from './truth.ts'
import { copyWithoutKeys } from './without-keys.ts'

let files = 0

/** References that hold too few values are judged neither as found nor as missed. */
export async function exam({ path, labelled, optional }: Case, scratch: string): Promise<Score> {
  const copy = join(scratch, `${++files}.db`)
  const declared = copyWithoutKeys(path, copy)
  const truths = [...declared, ...labelled.filter(each => !declared.some(other => isSame(each, other)))]
  const context = corpusContext({ stateDir: scratch, snapshotDir: scratch, waitSeconds: 0 })
  const { document } = await lookAt(copy, context, looking => detect(looking, {}, () => Promise.resolve()))
  const db = new Database(copy, { readonly: true })
  try {
    const holdsSome = (reference: TrueReference) => valuesIn(db, reference) >= FEW
    const found = foundIn(document).filter(each => !optional.some(other => isSame(each, other)))
    return score(
      truths.filter(holdsSome),
      found.filter(each => each.values >= FEW && holdsSome(each)),
    )
  } finally {
    db.close()
  }
}
