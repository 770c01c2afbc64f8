/**
 * Session-Buddy's reflection.duckdb (SYSTEMS 2.4): what three generations of the application left in one file, each with
 * ids of its own kind, and hardly a key that says what refers to what.
 */
import type { Store } from '../../engines/duckdb/connect.ts'
import { reflectionSchema } from '../schemas/reflection.ts'
import { addOnTables } from './add-on-tables.ts'
import { writeCausal } from './causal.ts'
import { writeCollection } from './collection.ts'
import { collectionTables } from './collection-tables.ts'
import { writeIntelligence } from './intelligence.ts'
import { writeMemories } from './memories.ts'
import type { Memory } from './memory.ts'
import { writeProjects } from './projects.ts'
import { type Random, seededRandom } from './random.ts'
import { sessionNames } from './session-buddy.ts'
import { storeRows } from './store-rows.ts'

/** Fills a new file with `rows` conversations, and everything around them. */
export async function fillReflection(
  store: Store,
  random: Random,
  rows: number,
  seed: number,
): Promise<void> {
  for (const sql of [...reflectionSchema.statements, ...collectionTables, ...addOnTables])
    await store.run(sql)
  const { into, settle, finish } = storeRows(store)
  const sessions = sessionNames(seededRandom(seed, 'session-buddy/session_buddy.db'), rows)
  const memory: Memory = { into, settle, random, rows, sessions }
  await writeMemories(memory)
  await writeProjects(memory)
  await writeCollection(memory)
  await writeCausal(memory)
  await writeIntelligence(memory)
  await finish()
}
